import { describe, expect, test } from '@jest/globals';
import { isRefusal, plusMs, type Instant } from '#kernel';
import { TestOrganisation } from '#organisation/testing';
import { loadPack } from '#policy';
import { acceptCase, assignCase, receiveCase, requestSheet, transferCase, type CaseDecide } from '../index.js';
import { MONDAY, PLAIN, Story } from '../testing/index.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const days = (count: number): Instant => plusMs(MONDAY, count * DAY_MS);
const call = { kind: 'complaint', channel: 'phone', content: 'x', unit: 'east' } as const;

/** The plain pack, whose first reply is owed by the head of the unit, who is called in when it is missed. */
const PACK = loadPack(
  `${PLAIN.replace("source: 'K-1 [G]'", "owedBy: [unit_head]\n    source: 'K-1 [G]'")}
escalations:
  - id: late
    label: { zh: 超时, en: Late }
    on: [{ event: DeadlineMissed, when: event.clock == "K-1" }]
    levels: [{ to: [unit_head], acknowledgeWithin: 1d }, { to: [company_leaders] }]
    source: '·'
`,
  'pack.yaml',
);

/** A property company with a branch, headed by Wang until the first reply of a complaint of Monday is due, by Li from then on. */
function company(): TestOrganisation {
  return new TestOrganisation()
    .takes('DefinePost', { post: 'unit_head' })
    .takes('DefinePost', { post: 'company_leaders' })
    .takes('DefineUnit', { unit: 'property' })
    .takes('DefineUnit', { unit: 'east', parent: 'property' })
    .takes('AssignPost', { post: 'company_leaders', person: 'chen' })
    .takes('AssignPost', { post: 'unit_head', unit: 'east', person: 'wang' });
}

function received(organisation: TestOrganisation, more: object = {}): Story {
  const story = new Story(PACK.withPosts(organisation));
  story.sends(receiveCase, { ...call, ...more });
  return story;
}

const owed = ({ desk }: Story): unknown =>
  desk.events.flatMap((event) =>
    event.type === 'DeadlineMissed' && event.data.clock === 'K-1' ? event.data.owedBy : [],
  );

describe('K-4: a missed duty names who should have done it', () => {
  test('who was head on the day it was due, whoever is head when it is noticed', () => {
    const organisation = company()
      .takes('EndPost', { post: 'unit_head', unit: 'east', person: 'wang', to: days(3) })
      .takes('AssignPost', { post: 'unit_head', unit: 'east', person: 'li', from: days(3) });
    expect(owed(received(organisation).passes(days(10)))).toEqual(['wang']);
    const next = new Story(PACK.withPosts(organisation));
    next.desk.now = days(2);
    next.sends(receiveCase, call);
    expect(owed(next.passes(days(10)))).toEqual(['li']);
  });

  test('a holder who is recorded after the due instant did not owe it, though the assignment is valid from before', () => {
    const organisation = company().takes('EndPost', { post: 'unit_head', unit: 'east', person: 'wang', to: days(1) });
    organisation.now = plusMs(days(2), 1);
    organisation.takes('AssignPost', { post: 'unit_head', unit: 'east', person: 'li', from: days(1) });
    expect(owed(received(organisation).passes(days(3)))).toEqual(['unit_head']);
    organisation.now = days(2);
    const intime = company().takes('EndPost', { post: 'unit_head', unit: 'east', person: 'wang', to: days(1) });
    intime.now = days(2);
    intime.takes('AssignPost', { post: 'unit_head', unit: 'east', person: 'li', from: days(1) });
    expect(owed(received(intime).passes(days(3)))).toEqual(['li']);
  });

  test('EVENTS 14: whenever it is settled, and whatever was recorded since, the same person is named', () => {
    const prompt = owed(received(company()).passes(plusMs(days(2), 1)));
    const changed = company();
    changed.now = days(5);
    changed.takes('EndPost', { post: 'unit_head', unit: 'east', person: 'wang', to: days(1) });
    changed.takes('AssignPost', { post: 'unit_head', unit: 'east', person: 'li', from: days(1) });
    changed.takes('RecordAbsence', { person: 'wang', delegate: 'zhao', from: days(1) });
    expect([prompt, owed(received(changed).passes(days(9)))]).toEqual([['wang'], ['wang']]);
  });

  test('the head of the unit above, where the unit has none; a post that nobody holds stands for itself', () => {
    const headless = company().takes('EndPost', { post: 'unit_head', unit: 'east', person: 'wang', to: days(1) });
    expect(owed(received(headless).passes(days(3)))).toEqual(['unit_head']);
    headless.takes('AssignPost', { post: 'unit_head', unit: 'property', person: 'zhao' });
    expect(owed(received(headless).passes(days(3)))).toEqual(['zhao']);
  });
});

describe('E-1, O-1: who is called in', () => {
  test('the delegate of a head who is away, and the leaders of the company when the delegate does not answer', () => {
    const organisation = company().takes('RecordAbsence', {
      person: 'wang',
      delegate: 'zhao',
      from: days(1),
      to: days(2.5),
    });
    const story = received(organisation).passes(plusMs(days(2), 1));
    expect(story.last('CaseEscalated').data.recipients).toEqual(['zhao']);
    story.passes(days(4));
    expect(story.last('CaseEscalated').data).toMatchObject({ level: 2, recipients: ['chen'] });
  });
});

describe('O-1: units', () => {
  const refusedBy = <C>(story: Story, decide: CaseDecide<C>, command: C): unknown => {
    const before = story.desk.events;
    const answer = story.desk.send(decide, command);
    expect(story.desk.events).toEqual(before);
    return isRefusal(answer) ? [answer.code, answer.facts] : undefined;
  };
  const unknown = ['UNKNOWN_UNIT', { unit: 'west', allowed: ['east', 'property'] }];

  test('a unit that the organisation does not know is given no case, and the log is unchanged', () => {
    const story = new Story(PACK.withPosts(company()));
    expect(refusedBy(story, receiveCase, { ...call, unit: 'west' })).toEqual(unknown);
    story.sends(receiveCase, { ...call, receivedByUnit: 'a call centre outside' });
    story.sends(acceptCase, {});
    expect(refusedBy(story, requestSheet, { kind: 'work_sheet', unit: 'west', text: 'x' })).toEqual(unknown);
    const accepted = received(company());
    expect(refusedBy(accepted, assignCase, { unit: 'west' })).toEqual(unknown);
    accepted.sends(assignCase, { unit: 'property' });
    expect(refusedBy(accepted, transferCase, { unit: 'west' })).toEqual(unknown);
  });

  test('a unit that was closed is given no case any more', () => {
    const organisation = company().takes('CloseUnit', { unit: 'east', from: days(1) });
    const story = received(organisation);
    story.desk.now = days(1);
    expect(refusedBy(story, transferCase, { unit: 'east' })).toBeDefined();
    const late = new Story(PACK.withPosts(organisation));
    late.desk.now = days(1);
    expect(refusedBy(late, receiveCase, call)).toEqual(['UNKNOWN_UNIT', { unit: 'east', allowed: ['property'] }]);
  });

  test('an organisation of which no unit is on record takes any', () => {
    received(new TestOrganisation(), { unit: 'anywhere' }).sends(assignCase, { unit: 'elsewhere' });
  });
});
