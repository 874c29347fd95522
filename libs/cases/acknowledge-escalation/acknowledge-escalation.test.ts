import { test } from '@jest/globals';
import { accepted, escalated, given, received, resolved, supervisor } from '../testing/index.js';
import { acknowledgeEscalation } from './index.js';

test('E-1: acknowledged, it ends', () => {
  given(received(), accepted(), escalated())
    .when(acknowledgeEscalation, { escalationId: 'escalation-1' }, supervisor)
    .gives(['EscalationAcknowledged', { by: 'wang' }])
    .and()
    .when(acknowledgeEscalation, { escalationId: 'escalation-1' }, supervisor)
    .refused('NO_OPEN_ESCALATION');
});

test('E-1: it ends with the result too', () => {
  given(received(), accepted(), escalated(), resolved(), escalated('escalation-2'))
    .when(acknowledgeEscalation, { escalationId: 'escalation-1' })
    .refused('ESCALATION_ENDED', { state: 'ended' });
});
