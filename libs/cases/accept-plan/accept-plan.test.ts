import { test } from '@jest/globals';
import { accepted, by, given, planProposed, received } from '../testing/index.js';
import { acceptPlan } from './index.js';

const plan = () => given(received(), accepted(), planProposed());

test('H-3: the customer confirms a plan', () => {
  plan()
    .when(acceptPlan, { planId: 'plan-1', by: 'customer' })
    .gives(['PlanAccepted', { planId: 'plan-1', by: 'customer' }])
    .leaves({ plans: [{ planId: 'plan-1', state: 'accepted', round: 0 }] })
    .and()
    .when(acceptPlan, { planId: 'plan-1', by: 'customer' })
    .refused('NO_PLAN_PROPOSED');
});

test('H-3: a supervisor answers for the supervisor', () => {
  plan().when(acceptPlan, { planId: 'plan-1', by: 'supervisor' }).refused('ROLE_NOT_ALLOWED');
  plan().when(acceptPlan, { planId: 'plan-1', by: 'supervisor' }, by('wang', 'supervisor')).gives(['PlanAccepted']);
});

test('a plan that nobody proposed, or that was answered, is refused', () => {
  plan()
    .when(acceptPlan, { planId: 'plan-9', by: 'customer' })
    .refused('UNKNOWN_PLAN', { plans: ['plan-1'] });
  given(received(), accepted()).when(acceptPlan, { planId: 'plan-1', by: 'customer' }).refused('NO_PLAN_PROPOSED');
  given(received(), accepted(), planProposed(), planProposed('plan-2'), {
    type: 'PlanRejected',
    data: { planId: 'plan-1', by: 'customer' },
  })
    .when(acceptPlan, { planId: 'plan-1', by: 'customer' })
    .refused('PLAN_ANSWERED', { state: 'rejected' });
});
