import { test } from '@jest/globals';
import { addNote } from '../add-note/index.js';
import { closeCase } from '../close-case/index.js';
import { accepted, given, received, resolved, visited } from '../testing/index.js';
import { makePromise } from './index.js';

const promise = { dueAt: '2026-01-06T01:00:00.000Z', text: 'we call back' };

test('K-3: a promise is a clock', () => {
  given(received())
    .when(makePromise, promise)
    .gives(
      ['PromiseMade', { promiseId: 'id-1', dueAt: promise.dueAt }],
      ['DeadlineSet', { clock: 'promise', run: 1, countsFrom: 'given', dueAt: promise.dueAt, budget: 'given' }],
    )
    .told({ promiseId: 'id-1' });
});

test('K-3, K-8: past its time it is broken, whoever comes next', () => {
  given(received())
    .when(makePromise, promise)
    .and()
    .at('2026-01-06T01:00:00.001Z')
    .when(addNote, { text: 'x' })
    .gives(
      ['DeadlineMissed', { clock: 'promise', run: 1 }, promise.dueAt],
      ['PromiseBroken', { promiseId: 'id-1' }, promise.dueAt],
      ['NoteAdded'],
    )
    .leaves({ promises: [{ promiseId: 'id-1', dueAt: promise.dueAt, state: 'broken' }] });
});

test('V-4, H-8: a question of the return visit becomes a promise, and nothing closes before it is kept', () => {
  given(received(), accepted(), resolved(), visited())
    .when(makePromise, promise)
    .and()
    .when(closeCase, {})
    .refused('PROMISE_OPEN', { open: ['PROMISE_OPEN'] });
});

test('a promise is due after it was made, be it entered late', () => {
  given(received())
    .when(makePromise, { ...promise, dueAt: '2026-01-05T01:00:00.000Z' })
    .refused('DUE_BEFORE_MADE');
  given(received())
    .when(makePromise, { text: 'x', occurredAt: '2026-01-03T00:00:00.000Z', dueAt: '2026-01-04T00:00:00.000Z' })
    .gives(['PromiseMade'], ['DeadlineSet', { startsAt: '2026-01-03T00:00:00.000Z' }])
    .and()
    .when(addNote, { text: 'x' })
    .gives(['DeadlineMissed'], ['PromiseBroken'], ['NoteAdded']);
});
