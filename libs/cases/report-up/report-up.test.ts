import { test } from '@jest/globals';
import { given, received } from '../testing/index.js';
import { reportUp } from './index.js';

test('K-4: that those above were told goes on record', () => {
  given(received())
    .when(reportUp, { to: 'company-leaders', duty: 'K-4.major', text: 'as known now' })
    .gives(['CaseReportedUp', { to: 'company-leaders', duty: 'K-4.major' }]);
});
