import { test } from '@jest/globals';
import { accepted, given, received, waiting } from '../testing/index.js';
import { reportProgress } from './index.js';

test('K-2, S-5: the customer is told how it stands, while waiting too', () => {
  given(received(), accepted(), waiting())
    .when(reportProgress, { toCustomer: true, text: 'the part is ordered' })
    .gives(['ProgressReported', { toCustomer: true }]);
});
