import { describe, expect, test } from '@jest/globals';
import { ENGINE, isRefusal } from '#kernel';
import { SNAPSHOTS } from '#calendar';
import { Calendars, loadPack, type Policy } from '#policy';
import {
  acceptCase,
  classifyCase,
  endWaiting,
  giveReply,
  growGroup,
  recomputeDeadlines,
  reopenCase,
  reportProgress,
  resolveCase,
  startWaiting,
  receiveCase,
  withdrawCase,
} from '../index.js';
import { at, Desk, MONDAY, PLAIN, Story } from '../testing/index.js';

const call = { kind: 'complaint', channel: 'phone', content: 'x' } as const;
const reply = { channel: 'phone', text: 'x' } as const;
const [head, tail] = [PLAIN.slice(0, PLAIN.indexOf('clocks:\n')), PLAIN.slice(PLAIN.indexOf('compensation:'))];

/** The plain pack with one clock of ours, `answer`, that starts with the complaint and is met by a reply. */
function pack(lines: readonly string[], calendars?: Calendars, more = ''): Policy {
  const clock = `clocks:
  - id: answer
    label: { zh: 答复, en: Answer }
    startsOn: [{ event: CaseReceived }]
    metBy: [{ event: ReplyGiven }]
    source: '·'
    ${lines.join('\n    ')}
${more}`;
  return loadPack(`${head}${clock}${tail}`, 'pack.yaml', calendars);
}
const received = (policy: Policy, more: object = {}, when = MONDAY): Story => {
  const story = new Story(policy);
  story.sends(receiveCase, { ...call, ...more }, when);
  return story;
};

describe('K-7: what a clock counts from', () => {
  const late = { occurredAt: at(2) };
  test.each([
    ['occurred', at(4)],
    ['recorded', at(7)],
  ])('%s', (countsFrom, dueAt) => {
    received(pack([`countsFrom: ${countsFrom}`, 'budget: 2d']), late).expects('answer', { dueAt });
  });

  test('accepted, however late it starts', () => {
    const policy = loadPack(
      `${head}clocks:
  - id: answer
    label: { zh: 答复, en: Answer }
    startsOn: [{ event: CaseClassified }]
    metBy: [{ event: ReplyGiven }]
    countsFrom: accepted
    budget: 2d
    source: '·'
${tail}`,
      'pack.yaml',
    );
    const story = received(policy);
    story.sends(acceptCase, {}, at(6));
    story.sends(classifyCase, { category: 'other' }, at(8));
    story.expects('answer', { startsAt: at(6), dueAt: at(8) });
  });

  test('another event, a verdict on another clock among them: what it started falls with that verdict', () => {
    const more = `  - id: next
    label: { zh: 下一步, en: Next }
    countsFrom: event
    budget: 1d
    startsOn: [{ event: DeadlineMissed, when: event.clock == "answer" }]
    metBy: [{ event: CaseResolved }]
    source: '·'
`;
    const story = received(pack(['countsFrom: recorded', 'budget: 2d'], undefined, more));
    story.passes(at(7, '12:00:00.000')).expects('next', { startsAt: at(7), dueAt: at(8) });
    story.sends(giveReply, { ...reply, occurredAt: at(6) });
    story.expects('answer', { state: 'met' }).expects('next', { state: 'cancelled' });
    expect(story.last('DeadlineCancelled').data.reasonCode).toBe('VERDICT_CORRECTED');
  });
});

describe('K-7: warnings', () => {
  const warned = pack(['countsFrom: recorded', 'budget: 4d', 'warnAt: [50, 75]']);
  test('each fraction once, at its instant, whenever somebody looks', () => {
    const story = received(warned).passes(at(30));
    const warnings = story.desk.events.filter(({ type }) => type === 'DeadlineWarned');
    expect(warnings.map(({ data, meta }) => [data, meta.occurredAt])).toEqual([
      [{ clock: 'answer', run: 1, dueAt: at(9), percent: 50 }, at(7)],
      [{ clock: 'answer', run: 1, dueAt: at(9), percent: 75 }, at(8)],
    ]);
  });

  test('what is answered before needs none', () => {
    const story = received(warned);
    story.sends(giveReply, reply, at(6));
    expect(story.passes(at(30)).happened('DeadlineWarned')).toEqual([]);
  });
});

describe('K-7: pauses', () => {
  const lines = [
    'countsFrom: recorded',
    'budget: PT16H',
    'calendar: china-office',
    'pausedBy: [{ event: WaitingStarted, when: event.waitingFor == "third_party" }]',
    'resumedBy: [{ event: WaitingEnded }]',
  ];
  const handled = (): Story => {
    const story = received(pack(lines));
    story.sends(acceptCase, {});
    // Sixteen open hours from Monday 9:00 are Tuesday 16:30.
    story.expects('answer', { dueAt: at(6, '08:30:00.000') });
    return story;
  };

  test('only what the pack says pauses it', () => {
    const story = handled();
    story.sends(startWaiting, { waitingFor: 'customer' });
    story.expects('answer', { state: 'running' });
  });

  test('open hours that a pause covers come on top; nothing is missed while it lasts', () => {
    const story = handled();
    story.sends(startWaiting, { waitingFor: 'third_party' }, at(5, '03:00:00.000'));
    story.passes(at(12)).expects('answer', { state: 'paused' });
    story.sends(endWaiting, {}, at(12));
    // Two hours had run; fourteen are left from Monday 9:00.
    story.expects('answer', { state: 'running', dueAt: at(13, '06:30:00.000') });
  });

  test('at the due instant itself nothing is left that could be paused', () => {
    const story = handled();
    story.sends(startWaiting, { waitingFor: 'third_party' }, at(6, '08:30:00.000'));
    story.expects('answer', { state: 'running' });
    story.passes(at(6, '08:30:00.001')).expects('answer', { state: 'missed' });
  });

  test('an answer during a pause is in time', () => {
    const story = handled();
    story.sends(startWaiting, { waitingFor: 'third_party' });
    story.sends(giveReply, reply, at(20));
    story.expects('answer', { state: 'met' });
  });

  test('EVENTS 16: a pause that is learnt late takes back the miss, and lets the clock run again when it ends', () => {
    const story = handled();
    story.passes(at(7)).expects('answer', { state: 'missed' });
    story.sends(startWaiting, { waitingFor: 'third_party', occurredAt: at(5, '03:00:00.000') });
    expect(story.last('VerdictCorrected').data).toMatchObject({ from: 'missed', to: 'running', paused: true });
    story.expects('answer', { state: 'paused' });
    story.sends(endWaiting, { occurredAt: at(6) });
    story.expects('answer', { state: 'running', dueAt: at(7, '06:30:00.000') });
    story.passes(at(8)).expects('answer', { state: 'missed' });
  });

  test('EVENTS 16: an answer that was late is in time when it turns out that the clock was paused', () => {
    const story = handled();
    story.sends(giveReply, reply, at(7));
    story.expects('answer', { state: 'missed', fulfilledAt: at(7) });
    story.sends(startWaiting, { waitingFor: 'third_party', occurredAt: at(5, '03:00:00.000') });
    story.expects('answer', { state: 'met', endedAt: at(7) });
    // But not when the pause had ended long before.
    story.sends(endWaiting, { occurredAt: at(5, '03:00:01.000') });
    story.expects('answer', { state: 'missed' });
  });

  test('a pause of decades is refused when it ends, and nothing is written', () => {
    const story = new Story(pack(lines));
    story.sends(receiveCase, call);
    story.sends(acceptCase, {});
    story.sends(startWaiting, { waitingFor: 'third_party' });
    const before = story.desk.events.length;
    const answer = story.desk.send(endWaiting, {}, { at: '2090-01-01T00:00:00.000Z' });
    expect(isRefusal(answer) && answer.code).toBe('BUDGET_TOO_LONG');
    expect(story.desk.events).toHaveLength(before);
  });
});

describe('K-7: a change of priority', () => {
  const budgets = ['countsFrom: recorded', 'budget: 4d', 'budgets: [{ when: case.severity == "major", budget: 2d }]'];
  const raised = (how: string): Story => {
    const story = received(pack([...budgets, `onPriorityChange: ${how}`]));
    story.sends(growGroup, { persons: 10 }, at(6));
    return story;
  };

  test('retroactive from the start', () => {
    raised('retroactive').expects('answer', { startsAt: MONDAY, dueAt: at(7), budget: '2d' });
    expect(raised('retroactive').last('DeadlineMoved').data).toMatchObject({
      from: at(9),
      dueAt: at(7),
      reasonCode: 'PRIORITY_CHANGED',
    });
  });

  test('or from now', () => void raised('from_now').expects('answer', { startsAt: at(6), dueAt: at(8), budget: '2d' }));

  test('or not at all', () => void raised('keep').expects('answer', { dueAt: at(9), budget: '4d' }));

  test('what is graded at intake starts with the budget of its grade, without a move', () => {
    const story = received(pack([...budgets, 'onPriorityChange: retroactive']), { persons: 10 });
    story.expects('answer', { budget: '2d', dueAt: at(7) });
    expect(story.happened('DeadlineMoved')).toEqual([]);
  });

  test('S-3: a ground that falls gives the time back; a verdict stands', () => {
    const policy = pack([...budgets, 'onPriorityChange: retroactive']);
    const story = received(policy, { circumstances: ['media'] });
    story.sends(classifyCase, { circumstances: [] }, at(6));
    story.expects('answer', { budget: '4d', dueAt: at(9) });
    const missed = received(policy, { circumstances: ['media'] });
    missed.sends(classifyCase, { circumstances: [] }, at(8));
    missed.expects('answer', { state: 'missed', dueAt: at(7) });
  });

  test('a deadline that lies in the past when it comes to be known is missed then, and what follows counts from then', () => {
    const policy = pack([
      'countsFrom: recorded',
      'budget: 4d',
      'budgets: [{ when: case.severity == "major", budget: 1h }]',
      'onPriorityChange: retroactive',
    ]);
    const story = received(policy);
    story.sends(growGroup, { persons: 10 }, at(6));
    story.passes(at(6, '02:00:00.000'));
    expect(story.last('DeadlineMissed')).toMatchObject({
      data: { dueAt: at(5, '02:00:00.000') },
      meta: { occurredAt: at(6) },
    });
  });
});

describe('K-7: reopening', () => {
  const lines = (how: string) => ['countsFrom: recorded', 'budget: 4d', `onReopening: ${how}`];
  const reopened = (how: string): Story => {
    const story = received(pack(lines(how)));
    story.sends(acceptCase, {});
    story.sends(giveReply, reply, at(6));
    story.sends(resolveCase, { outcome: 'remedied' });
    story.sends(reopenCase, { reasonCode: 'x' }, at(20));
    return story;
  };

  test('restarts it in full', () =>
    void reopened('restart').expects('answer', { run: 2, startsAt: at(20), dueAt: at(24) }));

  test('continues it with what was left', () =>
    void reopened('continue').expects('answer', { run: 2, continues: 1, startsAt: MONDAY, dueAt: at(23) }));

  test('or leaves it', () => void reopened('none').expects('answer', { run: 1, state: 'met' }));

  test('what was missed stays missed: nothing is left to continue', () => {
    const story = received(pack(lines('continue')));
    story.sends(acceptCase, {});
    story.sends(resolveCase, { outcome: 'remedied' }, at(10));
    story.sends(reopenCase, { reasonCode: 'x' }, at(20));
    story.expects('answer', { run: 1, state: 'missed' });
  });
});

describe('K-7, EVENTS 13: a clock that repeats by its own miss', () => {
  const repeating = pack(
    ['countsFrom: event', 'budget: 1d', 'restartsOn: [{ event: DeadlineMissed, when: event.clock == "answer" }]'],
    undefined,
  );

  test('each run counts from the due instant of the one before, whenever somebody looks', () => {
    const story = received(repeating).passes(at(9, '00:00:00.000'));
    expect(story.state.clocks.map(({ run, dueAt, state }) => [run, dueAt, state])).toEqual([
      [1, at(6), 'missed'],
      [2, at(7), 'missed'],
      [3, at(8), 'missed'],
      [4, at(9), 'running'],
    ]);
  });

  test('an answer learnt late meets the run it belongs to, and those after it are called off', () => {
    const story = received(repeating).passes(at(8, '12:00:00.000'));
    story.sends(giveReply, { ...reply, occurredAt: at(7, '12:00:00.000') });
    expect(story.state.clocks.map(({ state }) => state)).toEqual(['missed', 'missed', 'met', 'cancelled']);
  });
});

describe('K-8: only the instants on record count', () => {
  const policy = pack(['countsFrom: recorded', 'budget: 2d', 'cancelledBy: [{ event: CaseWithdrawn }]']);

  test('timer or no timer, the same verdict', () => {
    const [looked, unseen] = [received(policy), received(policy)];
    for (let day = 5; day < 12; day++) looked.passes(at(day, '13:00:00.000'));
    for (const story of [looked, unseen]) story.sends(giveReply, reply, at(12));
    expect(unseen.state.clocks).toEqual(looked.state.clocks);
  });

  test('of what is learnt late the earliest holds', () => {
    const story = received(policy);
    story.sends(withdrawCase, { reasonCode: 'x', occurredAt: at(6) }, at(10));
    story.expects('answer', { state: 'cancelled', endedAt: at(6) });
  });
});

describe('K-10: a year whose holidays nobody has announced', () => {
  const [shipped] = SNAPSHOTS;
  const { '2027': _none, ...years } = { ...shipped!.years, '2027': { holidays: ['01-01/01-03'], workdays: [] } };
  const with2027 = {
    ...shipped!,
    id: 'cn-2027',
    published: [...shipped!.published, 2027],
    years: { ...years, '2027': _none },
  };
  const byEngine = { actor: ENGINE };
  const DECEMBER = '2026-12-31T01:00:00.000Z';
  const story = (calendars: Calendars): Story =>
    received(pack(['countsFrom: recorded', 'budget: 2bd', 'calendar: china-office'], calendars), {}, DECEMBER);

  test('the deadline is provisional, and is counted again, on record, once they are', () => {
    const calendars = new Calendars([{ snapshot: shipped!, since: '' }]);
    const told = story(calendars);
    // By the week alone New Year's Day is a Friday like any other.
    told.expects('answer', { provisionalYears: [2027], dueAt: '2027-01-04T01:00:00.000Z' });
    calendars.publish(with2027, '2026-12-31T12:00:00.000Z');
    told.sends(recomputeDeadlines, {}, '2026-12-31T13:00:00.000Z', byEngine);
    expect(told.last('DeadlineMoved').data).toMatchObject({
      reasonCode: 'CALENDAR_PUBLISHED',
      from: '2027-01-04T01:00:00.000Z',
      dueAt: '2027-01-05T01:00:00.000Z',
      calendar: { version: expect.stringContaining('cn-2027') },
    });
    expect(told.clock('answer')).not.toHaveProperty('provisionalYears');
    told.happened();
    told.sends(recomputeDeadlines, {}, undefined, byEngine);
    expect(told.happened()).toEqual([]);
  });

  test('what was missed by a calendar nobody had announced runs again where there was more time', () => {
    const calendars = new Calendars([{ snapshot: shipped!, since: '' }]);
    const told = story(calendars);
    told.passes('2027-01-04T02:00:00.000Z').expects('answer', { state: 'missed' });
    calendars.publish(with2027, '2027-01-04T03:00:00.000Z');
    told.sends(recomputeDeadlines, {}, '2027-01-04T04:00:00.000Z', byEngine);
    told.expects('answer', { state: 'running', dueAt: '2027-01-05T01:00:00.000Z' });
  });

  test('EVENTS 14: what was due before leans on what was known then', () => {
    const calendars = new Calendars([{ snapshot: shipped!, since: '' }]);
    calendars.publish(with2027, '2027-06-01T00:00:00.000Z');
    story(calendars).expects('answer', { dueAt: '2027-01-04T01:00:00.000Z' });
  });
});

test('EVENTS 13: a settlement beyond the limit of one append goes on, and comes to the same', () => {
  const often = pack([
    'countsFrom: event',
    'budget: 1m',
    'restartsOn: [{ event: DeadlineMissed, when: event.clock == "answer" && event.run < 700 }]',
  ]);
  const desk = new Desk(often);
  desk.send(receiveCase, call);
  desk.settle('2026-02-01T00:00:00.000Z');
  expect(desk.state.clocks.map(({ state }) => state)).toEqual(Array(700).fill('missed'));
});

test('K-2: progress that is reported twice at one instant meets one run', () => {
  const story = received(
    pack(['countsFrom: event', 'budget: 1d', 'restartsOn: [{ event: ProgressReported, when: event.toCustomer }]']),
  );
  story.sends(acceptCase, {});
  story.sends(giveReply, reply);
  story.sends(reportProgress, { toCustomer: true, text: 'x' });
  story.sends(reportProgress, { toCustomer: true, text: 'x' });
  expect(story.state.clocks.map(({ run, state }) => [run, state])).toEqual([
    [1, 'met'],
    [2, 'running'],
  ]);
});
