import { describe, expect, test } from '@jest/globals';
import { loadPack } from '#policy';
import { closeCase } from '../close-case/index.js';
import { giveReply } from '../give-reply/index.js';
import { receiveCase } from '../receive-case/index.js';
import { reportProgress } from '../report-progress/index.js';
import { acceptCase } from '../accept-case/index.js';
import { withdrawCase } from '../withdraw-case/index.js';
import { reopenCase } from '../reopen-case/index.js';
import { Desk, given, received } from '../testing/index.js';
import type { RecordedCaseEvent } from './index.js';

const call = { kind: 'complaint', channel: 'phone', content: 'x' } as const;
const reply = { channel: 'phone', text: 'x' } as const;
const complaint = () => given().when(receiveCase, call).and();

describe('K-8: the earliest end of a run within its time is its verdict', () => {
  test('what ends the case after a reply leaves the reply met', () => {
    complaint()
      .when(giveReply, reply)
      .and()
      .at('2026-01-06T00:00:00.000Z')
      .when(withdrawCase, { reasonCode: 'x' })
      .gives(['CaseWithdrawn']);
  });

  test('a withdrawal before the reply, entered after it, leaves nothing to be met', () => {
    complaint()
      .at('2026-01-06T00:00:00.000Z')
      .when(giveReply, reply)
      .and()
      .when(withdrawCase, { reasonCode: 'x', occurredAt: '2026-01-05T12:00:00.000Z' })
      .gives(['CaseWithdrawn'], ['VerdictCorrected', { from: 'met', to: 'cancelled' }]);
  });

  test('of two late-entered replies in time the first corrects, the second changes nothing', () => {
    complaint()
      .at('2026-01-20T00:00:00.000Z')
      .when(giveReply, { ...reply, occurredAt: '2026-01-06T00:00:00.000Z' })
      .and()
      .when(giveReply, { ...reply, occurredAt: '2026-01-05T12:00:00.000Z' })
      .gives(['ReplyGiven']);
  });
});

test('what follows happened when its cause happened', () => {
  const desk = new Desk();
  desk.send(receiveCase, { ...call, persons: 10, occurredAt: '2026-01-02T00:00:00.000Z' });
  expect(new Set(desk.events.map(({ meta }) => meta.occurredAt))).toEqual(new Set(['2026-01-02T00:00:00.000Z']));
});

test('K-7: a reopened case whose clock was cancelled gets no new one where the pack starts none', () => {
  complaint()
    .when(withdrawCase, { reasonCode: 'x' })
    .and()
    .when(reopenCase, { reasonCode: 'x' })
    .gives(['CaseReopened', { from: 'withdrawn', to: 'handling' }]);
});

test('S-1: what is recorded without rules that hold has no ground', () => {
  given(received()).when(closeCase, {}).refused('CASE_NOT_ACCEPTED');
  expect(new Desk().record(received()).state.grounds).toEqual([]);
});

/** A pack with a clock that repeats: progress every day until the case is resolved (K-2). */
const repeating = loadPack(
  `
id: repeating
version: '1'
name: { zh: 测试, en: test }
categories: [{ id: other, label: { zh: 其他, en: Other } }]
severities: []
clocks:
  - id: progress
    label: { zh: 进展, en: Progress }
    countsFrom: event
    budget: 1d
    startsOn: [{ event: CaseAccepted }]
    restartsOn: [{ event: ProgressReported, when: event.toCustomer }]
    metBy: [{ event: ProgressReported, when: event.toCustomer }]
    cancelledBy: [{ event: CaseResolved }]
    source: '·'
compensation: { currency: CNY, matrix: [{ id: all, approverRole: supervisor, source: '·' }] }
`,
  'repeating.yaml',
);

test('K-2, K-7: a repeating clock is met by the very event that starts its next run', () => {
  const desk = new Desk(repeating);
  desk.send(receiveCase, call);
  desk.send(acceptCase, {});
  desk.send(reportProgress, { toCustomer: false, text: 'internal' }, { at: '2026-01-05T10:00:00.000Z' });
  desk.send(reportProgress, { toCustomer: true, text: 'soon' }, { at: '2026-01-05T20:00:00.000Z' });
  desk.send(reportProgress, { toCustomer: true, text: 'later' }, { at: '2026-01-08T00:00:00.000Z' });
  expect(desk.events.filter(({ type }) => type.startsWith('Deadline')).map(told)).toEqual([
    'DeadlineSet 1',
    'DeadlineMet 1',
    'DeadlineSet 2',
    'DeadlineMissed 2',
    'DeadlineFulfilledLate 2',
    'DeadlineSet 3',
  ]);
  expect(desk.state.clocks.at(-1)?.dueAt).toBe('2026-01-09T00:00:00.000Z');
});

const told = ({ type, data }: RecordedCaseEvent): string => `${type} ${(data as { run: number }).run}`;
