import { test } from '@jest/globals';
import { accepted, given, received, waiting } from '../testing/index.js';
import { endWaiting } from './index.js';

test('K-7: handling goes on', () => {
  given(received(), accepted(), waiting())
    .when(endWaiting, {})
    .gives(['WaitingEnded', { waitedFor: 'customer' }])
    .leaves({ phase: 'handling' });
});

test('what does not wait cannot go on', () => {
  given(received(), accepted()).when(endWaiting, {}).refused('CASE_IN_HANDLING');
});
