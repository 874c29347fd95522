import { describe, expect, test } from '@jest/globals';
import { groupPack } from '#policy';
import {
  acceptCase,
  acknowledgeEscalation,
  assignCase,
  endWaiting,
  giveReply,
  growGroup,
  makePromise,
  proposePlan,
  receiveCase,
  recordReturnVisit,
  reopenCase,
  reportProgress,
  reportUp,
  resolveCase,
  startWaiting,
} from '../index.js';
import { at, MONDAY, Story } from '../testing/index.js';

const call = { kind: 'complaint', channel: 'phone', content: '电梯坏了' } as const;
const received = (more: object = {}): Story => {
  const story = new Story(groupPack());
  story.sends(receiveCase, { ...call, ...more }, MONDAY);
  return story;
};
const text = 'x';

describe('K-1: the first reply within two days of the recording', () => {
  test('given at the last instant it is in time; entered late, what counts is when it was recorded here', () => {
    const story = received();
    story.expects('K-1', { countsFrom: 'recorded', startsAt: MONDAY, dueAt: at(7), source: 'K-1 [G]' });
    story.sends(giveReply, { channel: 'phone', text }, at(7));
    story.expects('K-1', { state: 'met', endedAt: at(7) });
    const late = new Story(groupPack());
    late.sends(receiveCase, { ...call, occurredAt: at(1) }, MONDAY);
    late.expects('K-1', { dueAt: at(7) });
  });

  test('a millisecond later it is missed, and those above are called in', () => {
    const story = received();
    story.passes(at(7, '01:00:00.001')).expects('K-1', { state: 'missed' });
    expect(story.last('CaseEscalated').data).toMatchObject({ chain: 'late', level: 1, clock: 'K-1' });
  });
});

describe('K-2: solved within two days and told in a return visit, or a plan and progress until it is done', () => {
  test('solved: the plan is owed no more, the visit that tells the result is', () => {
    const story = received();
    story.sends(acceptCase, {});
    story.sends(resolveCase, { outcome: 'remedied' }, at(6));
    story.expects('K-2.plan', { state: 'met' }).expects('K-2.result', { state: 'running', dueAt: at(8) });
    story.sends(recordReturnVisit, { channel: 'phone', reached: false }, at(7));
    story.expects('K-2.result', { state: 'running' });
    story.sends(recordReturnVisit, { channel: 'phone', reached: true }, at(8));
    story.expects('K-2.result', { state: 'met' });
  });

  test('not solved: a plan within two days, then progress every two days until it is done', () => {
    const story = received();
    story.sends(acceptCase, {});
    story.sends(proposePlan, { measures: text }, at(6));
    story.expects('K-2.plan', { state: 'met' }).expects('K-2.progress', { run: 1, dueAt: at(8) });
    story.sends(reportProgress, { toCustomer: false, text }, at(7));
    story.expects('K-2.progress', { run: 1, state: 'running' });
    story.sends(reportProgress, { toCustomer: true, text }, at(7));
    story.expects('K-2.progress', { state: 'met' }, 1).expects('K-2.progress', { run: 2, dueAt: at(9) });
    story.passes(at(10)).expects('K-2.progress', { run: 2, state: 'missed' });
    story.sends(reportProgress, { toCustomer: true, text }, at(11));
    story.expects('K-2.progress', { state: 'missed', fulfilledAt: at(11) }, 2).expects('K-2.progress', { run: 3 });
    story.sends(resolveCase, { outcome: 'remedied' }, at(12));
    story.expects('K-2.progress', { run: 3, state: 'cancelled' });
  });

  test('neither solved nor planned: missed after two days', () => {
    received().passes(at(8)).expects('K-2.plan', { state: 'missed' });
  });

  test('K-7: while the customer is waited for nothing needs to be told; afterwards what was left of the time is left', () => {
    const story = received();
    story.sends(acceptCase, {});
    story.sends(proposePlan, { measures: text });
    story.sends(startWaiting, { waitingFor: 'customer' }, at(6));
    story.passes(at(20)).expects('K-2.progress', { state: 'paused' });
    story.sends(endWaiting, {}, at(20));
    story.expects('K-2.progress', {
      state: 'running',
      dueAt: at(21),
      pauses: [{ number: 1, from: at(6), to: at(20) }],
    });
  });
});

describe('K-3: a promised time binds whatever the progress', () => {
  test('it warns at three quarters, is broken after its instant, and calls those above in', () => {
    const story = received();
    story.sends(makePromise, { dueAt: at(9), text });
    story.passes(at(8, '01:00:00.001'));
    expect(story.last('DeadlineWarned').data).toMatchObject({ clock: 'promise', percent: 75, dueAt: at(9) });
    story.sends(acceptCase, {});
    story.sends(resolveCase, { outcome: 'remedied' });
    story.passes(at(9, '01:00:00.001'));
    story.expects('promise', { state: 'missed' });
    expect(story.happened('PromiseBroken')).toEqual(['PromiseBroken']);
    expect(story.last('CaseEscalated').data).toMatchObject({ chain: 'late' });
  });
});

describe('K-4: reporting up', () => {
  test('major: at once, which is half an hour here; a missed report names who should have made it', () => {
    const story = received({ circumstances: ['media'] });
    story.expects('K-4.major', { budget: 'immediately', dueAt: at(5, '01:30:00.000') });
    story.passes(at(5, '01:30:00.001'));
    expect(story.last('DeadlineMissed').data).toMatchObject({ clock: 'K-4.major', owedBy: ['li'] });
  });

  test('major: reported in time, then with continuing progress as long as it is major and open', () => {
    const story = received({ circumstances: ['litigation'] });
    story.sends(reportUp, { to: 'leaders', duty: 'K-4.major', text }, at(5, '01:20:00.000'));
    story.expects('K-4.major', { state: 'met' }).expects('K-4.major-progress', { dueAt: at(6, '01:20:00.000') });
    story.sends(reportUp, { to: 'leaders', duty: 'K-4.major-progress', text }, at(6));
    story.expects('K-4.major-progress', { run: 2, dueAt: at(7) });
  });

  test('important: within one working day of the office, over the weekend to Monday', () => {
    const story = new Story(groupPack());
    story.sends(receiveCase, { ...call, persons: 2 }, '2026-01-09T03:00:00.000Z');
    story.sends(growGroup, { persons: 3 });
    story.expects('K-4.important', { budget: '1bd', dueAt: '2026-01-12T03:00:00.000Z' });
    story.sends(growGroup, { persons: 10 }, '2026-01-09T04:00:00.000Z');
    story.expects('K-4.important', { state: 'cancelled' }).expects('K-4.major', { state: 'running' });
  });
});

describe('E-1: escalation by severity, by a missed clock, level after level', () => {
  test('each level waits for an acknowledgement, else goes one up; the last waits on, and nothing loops', () => {
    const story = received({ circumstances: ['media'] });
    story.sends(reportUp, { to: 'leaders', duty: 'K-4.major', text });
    const called = () =>
      story.state.escalations
        .filter((it) => it.chain === 'major')
        .map(({ level, state, recipients }) => [level, state, recipients[0]]);
    expect(called()).toEqual([[1, 'open', 'service_centre_head']]);
    story.passes(at(5, '03:00:00.001'));
    expect(called()).toEqual([
      [1, 'passed_up', 'service_centre_head'],
      [2, 'open', 'company_leaders'],
    ]);
    story.passes('2026-03-01T00:00:00.000Z');
    expect(called().at(-1)).toEqual([3, 'open', 'group_leaders']);
    expect(called()).toHaveLength(3);
  });

  test('acknowledged it ends, and its clock with it; its delay counted from the instant it was due', () => {
    const story = received({ circumstances: ['media'] });
    const { escalationId } = story.last('CaseEscalated').data;
    story.expects('escalation', { startsAt: MONDAY, dueAt: at(5, '03:00:00.000') });
    story.sends(acknowledgeEscalation, { escalationId }, at(5, '02:00:00.000'));
    story.expects('escalation', { state: 'met' }, 1);
    expect(story.state.escalations[0]).toMatchObject({ state: 'acknowledged' });
  });

  test('after a month in which nobody looked every level is on record at the instant it was due', () => {
    const story = received();
    story.passes('2026-02-05T00:00:00.000Z');
    const levels = story.desk.events.filter(({ type }) => type === 'CaseEscalated').map(({ meta }) => meta.occurredAt);
    // Missed on Wednesday morning, a working day for each level.
    expect(levels).toEqual([at(7), at(8), at(9)]);
  });

  test('the owner and the head of the unit are called in; a case without an owner calls the post by its name', () => {
    const story = received();
    story.sends(assignCase, { unit: 'property', owner: 'zhao' });
    story.passes(at(8));
    expect(story.last('CaseEscalated').data.recipients).toEqual(['zhao', 'unit_head']);
    expect(received().passes(at(8)).last('CaseEscalated').data.recipients).toEqual(['owner', 'unit_head']);
  });

  test('a result ends what is open', () => {
    const story = received({ circumstances: ['media'] });
    story.sends(acceptCase, {});
    story.sends(resolveCase, { outcome: 'remedied' });
    expect(story.state.escalations[0]).toMatchObject({ state: 'ended' });
    story.expects('escalation', { state: 'cancelled' });
  });
});

test('H-9, K-7: after a second complaint a plan is owed anew, in full', () => {
  const story = received();
  story.sends(acceptCase, {});
  story.sends(resolveCase, { outcome: 'remedied' }, at(6));
  story.sends(reopenCase, { reasonCode: 'dissatisfied' }, at(12));
  story.expects('K-2.plan', { run: 2, startsAt: at(12), dueAt: at(14) });
});
