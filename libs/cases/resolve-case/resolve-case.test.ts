import { test } from '@jest/globals';
import { accepted, given, received, waiting } from '../testing/index.js';
import { resolveCase } from './index.js';

test('H-6: handling ends with an outcome', () => {
  given(received(), accepted())
    .when(resolveCase, { outcome: 'remedied', resolution: 'cable replaced' })
    .gives(['CaseResolved', { outcome: 'remedied' }])
    .leaves({ phase: 'resolved' });
});

test('what waits, or was never taken on, has no result', () => {
  given(received(), accepted(), waiting()).when(resolveCase, { outcome: 'remedied' }).refused('CASE_WAITING');
  given(received()).when(resolveCase, { outcome: 'remedied' }).refused('CASE_NOT_ACCEPTED');
});
