import { test } from '@jest/globals';
import { accepted, compensationProposed, given, received, supervisor } from '../testing/index.js';
import { declineCompensation } from './index.js';

const decline = { compensationId: 'compensation-1', reason: 'too much' };

test('H-5: whom the ruling entitles may say no', () => {
  given(received(), accepted(), compensationProposed())
    .when(declineCompensation, decline, supervisor)
    .gives(['CompensationDeclined', { declinedBy: 'wang' }]);
});

test('H-5: nobody decides about their own proposal', () => {
  given(received(), accepted(), compensationProposed({ proposedBy: 'wang' }))
    .when(declineCompensation, decline, supervisor)
    .refused('OWN_PROPOSAL');
});
