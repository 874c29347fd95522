import { test } from '@jest/globals';
import { accepted, given, planProposed, received } from '../testing/index.js';
import { rejectPlan } from './index.js';

test('H-3: the customer objects to a plan', () => {
  given(received(), accepted(), planProposed())
    .when(rejectPlan, { planId: 'plan-1', by: 'customer', objection: 'too slow' })
    .gives(['PlanRejected', { planId: 'plan-1', by: 'customer' }])
    .sealed({ objection: { mentions: ['anna'] } })
    .leaves({ plans: [{ planId: 'plan-1', state: 'rejected', round: 0 }] });
});

test('a plan that nobody proposed is refused', () => {
  given(received(), accepted(), planProposed())
    .when(rejectPlan, { planId: 'plan-2', by: 'customer' })
    .refused('UNKNOWN_PLAN');
});
