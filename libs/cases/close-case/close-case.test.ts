import { test } from '@jest/globals';
import { receiveCase } from '../receive-case/index.js';
import { acceptCase } from '../accept-case/index.js';
import { resolveCase } from '../resolve-case/index.js';
import { recordReturnVisit } from '../record-return-visit/index.js';
import {
  accepted,
  compensationProposed,
  escalated,
  given,
  planProposed,
  promised,
  received,
  resolved,
  visited,
  waiting,
} from '../testing/index.js';
import { closeCase } from './index.js';

test('V-1: a complaint closes after its return visit, a request without one', () => {
  given(received(), accepted(), resolved(), visited())
    .when(closeCase, {})
    .gives(['CaseClosed'])
    .leaves({ phase: 'closed' });
  given(received(), accepted(), resolved()).when(closeCase, {}).refused('RETURN_VISIT_MISSING', { phase: 'resolved' });
  given(received({ kind: 'request' }), accepted(), resolved())
    .when(closeCase, {})
    .gives(['CaseClosed']);
});

test('V-1: who cannot be reached is tried three times', () => {
  given(received(), accepted(), resolved(), visited(false), visited(false))
    .when(closeCase, {})
    .refused('RETURN_VISIT_MISSING');
  given(received(), accepted(), resolved(), visited(false), visited(false), visited(false))
    .when(closeCase, {})
    .gives(['CaseClosed']);
});

test.each([
  ['PLAN_UNANSWERED', [planProposed()]],
  ['APPROVAL_PENDING', [compensationProposed()]],
  ['PROMISE_OPEN', [promised()]],
])('H-8: nothing closes while something is open: %s', (code, open) => {
  given(received(), accepted(), ...open, resolved(), visited())
    .when(closeCase, {})
    .refused(code, { open: [code] });
});

test('H-8, E-1: an escalation after the result keeps the case open', () => {
  given(received(), accepted(), resolved(), escalated(), visited()).when(closeCase, {}).refused('ESCALATION_OPEN');
});

test('H-8: all that is open is named', () => {
  given(received(), accepted(), planProposed(), promised(), resolved())
    .when(closeCase, {})
    .refused('PLAN_UNANSWERED', { open: ['PLAN_UNANSWERED', 'PROMISE_OPEN', 'RETURN_VISIT_MISSING'] });
});

test('H-8: what has no result yet, or waits, does not close', () => {
  given(received(), accepted()).when(closeCase, {}).refused('CASE_IN_HANDLING');
  given(received(), accepted(), waiting()).when(closeCase, {}).refused('CASE_WAITING');
});

test('K-7: what is still running when the case closes is cancelled', () => {
  given()
    .when(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x' })
    .and()
    .when(acceptCase, {})
    .and()
    .when(resolveCase, { outcome: 'remedied' })
    .and()
    .when(recordReturnVisit, { channel: 'phone', reached: true })
    .and()
    .when(closeCase, { automatic: true })
    .gives(['CaseClosed', { automatic: true }], ['DeadlineCancelled', { clock: 'K-1', reasonCode: 'CaseClosed' }]);
});
