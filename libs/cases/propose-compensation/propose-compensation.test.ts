import { test } from '@jest/globals';
import { accepted, given, received } from '../testing/index.js';
import { proposeCompensation } from './index.js';

const handling = () => given(received(), accepted());

test('H-5: the ruling of the matrix travels with the proposal', () => {
  handling()
    .when(proposeCompensation, { amountCents: 500_000, reason: 'damage' })
    .gives([
      'CompensationProposed',
      {
        amountCents: 500_000,
        currency: 'CNY',
        proposedBy: 'li',
        ruling: { rule: 'H-5.small', approverRole: 'supervisor', source: '·' },
      },
    ]);
});

test('H-5: a larger sum needs somebody higher', () => {
  handling()
    .when(proposeCompensation, { amountCents: 500_001 })
    .gives(['CompensationProposed', { ruling: { rule: 'H-5.large', approverRole: 'administrator' } }])
    .told({ compensationId: 'id-1', approverRole: 'administrator' });
});

test('H-5: a currency the matrix does not speak of is refused, not converted', () => {
  handling().when(proposeCompensation, { amountCents: 1, currency: 'USD' }).refused('CURRENCY_NOT_IN_MATRIX');
});
