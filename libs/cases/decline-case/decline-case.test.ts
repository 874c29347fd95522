import { test } from '@jest/globals';
import { accepted, given, received } from '../testing/index.js';
import { receiveCase } from '../receive-case/index.js';
import { declineCase } from './index.js';

test('I-5, K-1: declined with the reason on record, and nothing is due any more', () => {
  given()
    .when(receiveCase, { kind: 'complaint', channel: 'letter', content: 'x' })
    .and()
    .when(declineCase, { reasonCode: 'too_late', reason: 'after 10 days' })
    .gives(['CaseDeclined', { reasonCode: 'too_late' }], ['DeadlineCancelled', { reasonCode: 'CaseDeclined' }])
    .leaves({ phase: 'declined' });
});

test('what was accepted cannot be declined', () => {
  given(received(), accepted()).when(declineCase, { reasonCode: 'x' }).refused('CASE_IN_HANDLING');
});
