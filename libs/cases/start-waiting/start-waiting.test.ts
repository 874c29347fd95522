import { test } from '@jest/globals';
import { accepted, given, received, waiting } from '../testing/index.js';
import { startWaiting } from './index.js';

test('K-7: handling waits for the customer', () => {
  given(received(), accepted())
    .when(startWaiting, { waitingFor: 'customer', reason: 'photos' })
    .gives(['WaitingStarted', { waitingFor: 'customer' }])
    .leaves({ phase: 'waiting' });
});

test('what waits already, or has not begun, cannot wait', () => {
  given(received(), accepted(), waiting()).when(startWaiting, { waitingFor: 'third_party' }).refused('CASE_WAITING');
  given(received()).when(startWaiting, { waitingFor: 'customer' }).refused('CASE_NOT_ACCEPTED');
});
