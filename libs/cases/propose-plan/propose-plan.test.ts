import { test } from '@jest/globals';
import { accepted, given, received } from '../testing/index.js';
import { proposePlan } from './index.js';

test('H-3: a plan has measures, time and owner and waits for an answer; a second option may too', () => {
  given(received(), accepted())
    .when(proposePlan, { measures: 'new cable', owner: 'zhang', dueAt: '2026-01-20T00:00:00.000Z' })
    .gives(['PlanProposed', { planId: 'id-1', owner: 'zhang', dueAt: '2026-01-20T00:00:00.000Z' }])
    .told({ planId: 'id-1' })
    .and()
    .when(proposePlan, { measures: 'new lift' })
    .gives(['PlanProposed']);
});
