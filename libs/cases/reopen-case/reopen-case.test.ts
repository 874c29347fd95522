import { test } from '@jest/globals';
import { closeCase } from '../close-case/index.js';
import { resolveCase } from '../resolve-case/index.js';
import { accepted, closed, declined, given, received, resolved, visited } from '../testing/index.js';
import { reopenCase } from './index.js';

const done = () => given(received(), accepted(), resolved(), visited(), closed());

test('H-9: a customer who is not satisfied has the case taken up again, and it is counted', () => {
  done()
    .when(reopenCase, { reasonCode: 'dissatisfied' })
    .gives(['CaseReopened', { from: 'closed', to: 'handling' }])
    .leaves({ phase: 'handling', reopenCount: 1, unclosedCount: 0 });
});

test('a case closed too early goes back to being resolved, without new handling', () => {
  done()
    .when(reopenCase, { reasonCode: 'too_early', to: 'resolved' })
    .gives(['CaseReopened', { from: 'closed', to: 'resolved' }])
    .leaves({ phase: 'resolved', reopenCount: 0, unclosedCount: 1 });
  given(received(), declined()).when(reopenCase, { reasonCode: 'x', to: 'resolved' }).refused('NOT_CLOSED');
});

test('V-1: after new handling the customer is visited anew', () => {
  done()
    .when(reopenCase, { reasonCode: 'dissatisfied' })
    .and()
    .when(resolveCase, { outcome: 'remedied' })
    .and()
    .when(closeCase, {})
    .refused('RETURN_VISIT_MISSING');
});

test('what is open cannot be reopened', () => {
  given(received()).when(reopenCase, { reasonCode: 'x' }).refused('CASE_NOT_ACCEPTED');
});
