import { test } from '@jest/globals';
import { ENGINE } from '#kernel';
import { makePromise } from '../make-promise/index.js';
import { receiveCase } from '../receive-case/index.js';
import { given, received } from '../testing/index.js';
import { settleCase } from './index.js';

const complaint = () => given().when(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x' }).and();

test('EVENTS 12: a timer asks a millisecond after the due instant, and the miss is dated to that instant', () => {
  complaint()
    .at('2026-01-07T01:00:00.001Z')
    .when(settleCase, {}, ENGINE)
    .gives(['DeadlineMissed', { clock: 'K-1', run: 1 }, '2026-01-07T01:00:00.000Z'])
    .and()
    .when(settleCase, {}, ENGINE)
    .gives();
});

test('EVENTS 12: a timer that comes too early finds nothing to do', () => {
  complaint().at('2026-01-07T01:00:00.000Z').when(settleCase, {}, ENGINE).gives();
});

test('EVENTS 13: what was due is settled by due instant, then clock, then run', () => {
  const due = (dueAt: string) => ({ dueAt, text: 'x' });
  complaint()
    .when(makePromise, due('2026-01-07T01:00:00.000Z'))
    .and()
    .when(makePromise, due('2026-01-07T01:00:00.000Z'))
    .and()
    .when(makePromise, due('2026-01-06T00:00:00.000Z'))
    .and()
    .at('2026-02-01T00:00:00.000Z')
    .when(settleCase, {}, ENGINE)
    .gives(
      ['DeadlineMissed', { clock: 'promise', run: 3 }],
      ['PromiseBroken'],
      ['DeadlineMissed', { clock: 'K-1' }],
      ['DeadlineMissed', { clock: 'promise', run: 1 }],
      ['PromiseBroken'],
      ['DeadlineMissed', { clock: 'promise', run: 2 }],
      ['PromiseBroken'],
    );
});

test('agents do not send it', () => {
  given(received()).when(settleCase, {}).refused('ROLE_NOT_ALLOWED');
});
