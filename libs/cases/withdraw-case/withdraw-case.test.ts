import { test } from '@jest/globals';
import { accepted, closed, given, received, resolved } from '../testing/index.js';
import { receiveCase } from '../receive-case/index.js';
import { withdrawCase } from './index.js';

test('K-7: a complaint that is taken back needs no reply any more', () => {
  given()
    .when(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x' })
    .and()
    .when(withdrawCase, { reasonCode: 'settled', reason: 'sorted out with the neighbour' })
    .gives(['CaseWithdrawn', { reasonCode: 'settled' }], ['DeadlineCancelled', { reasonCode: 'CaseWithdrawn' }])
    .leaves({ phase: 'withdrawn' });
});

test('K-8: withdrawn in time but entered late, the missed reply becomes a cancelled one', () => {
  given()
    .when(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x' })
    .and()
    .at('2026-01-10T00:00:00.000Z')
    .when(withdrawCase, { reasonCode: 'settled', occurredAt: '2026-01-06T00:00:00.000Z' })
    .gives(['DeadlineMissed'], ['CaseWithdrawn'], ['VerdictCorrected', { from: 'missed', to: 'cancelled' }]);
});

test('what is closed cannot be withdrawn', () => {
  given(received(), accepted(), resolved(), closed()).when(withdrawCase, { reasonCode: 'x' }).refused('CASE_CLOSED');
});
