import { test } from '@jest/globals';
import { makePromise } from '../make-promise/index.js';
import { given, received } from '../testing/index.js';
import { withdrawCase } from '../withdraw-case/index.js';
import { keepPromise } from './index.js';

const made = () =>
  given(received()).when(makePromise, { dueAt: '2026-01-06T01:00:00.000Z', text: 'we call back' }).and();

test('K-3: kept in time, its clock is met', () => {
  made()
    .when(keepPromise, { promiseId: 'id-1' })
    .gives(['PromiseKept'], ['DeadlineMet', { clock: 'promise', run: 1 }])
    .and()
    .when(keepPromise, { promiseId: 'id-1' })
    .refused('NO_OPEN_PROMISE');
});

test('K-3: kept late it is kept, and its clock stays missed', () => {
  made()
    .at('2026-01-08T00:00:00.000Z')
    .when(keepPromise, { promiseId: 'id-1' })
    .gives(
      ['DeadlineMissed'],
      ['PromiseBroken'],
      ['PromiseKept'],
      ['DeadlineFulfilledLate', { clock: 'promise', doneAt: '2026-01-08T00:00:00.000Z' }],
    )
    .leaves({ promises: [{ promiseId: 'id-1', dueAt: '2026-01-06T01:00:00.000Z', state: 'kept' }] });
});

test('K-8: kept in time but entered late, the verdict is corrected', () => {
  made()
    .at('2026-01-08T00:00:00.000Z')
    .when(keepPromise, { promiseId: 'id-1', occurredAt: '2026-01-06T01:00:00.000Z' })
    .gives(
      ['DeadlineMissed'],
      ['PromiseBroken'],
      ['PromiseKept'],
      ['VerdictCorrected', { clock: 'promise', from: 'missed', to: 'met' }],
    );
});

test('of two promises each meets its own clock', () => {
  made()
    .when(makePromise, { dueAt: '2026-01-07T01:00:00.000Z', text: 'and again' })
    .and()
    .when(keepPromise, { promiseId: 'id-3' })
    .gives(['PromiseKept'], ['DeadlineMet', { run: 2 }]);
});

test('a promise to who takes the complaint back lapses', () => {
  made()
    .when(withdrawCase, { reasonCode: 'settled' })
    .gives(['CaseWithdrawn'], ['DeadlineCancelled', { clock: 'promise' }]);
});

test('a promise that nobody made is refused', () => {
  made()
    .when(keepPromise, { promiseId: 'id-9' })
    .refused('UNKNOWN_PROMISE', { promises: ['id-1'] });
});
