import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '#kernel';
import { TestOrganisation } from './testing/index.js';

const day = (month: number, date = 1): Instant => new Date(Date.UTC(2026, month - 1, date)).toISOString();

/** A group with a property company below it, a branch below that, and the posts that they have. */
function group(): TestOrganisation {
  return new TestOrganisation()
    .takes('DefinePost', { post: 'unit_head' })
    .takes('DefinePost', { post: 'first_responsible', single: true, neededIn: ['all'] })
    .takes('DefinePost', { post: 'liaison', single: true, neededIn: ['property_company', 'branch'], inWriting: true })
    .takes('DefineUnit', { unit: 'group', label: { zh: '集团', en: 'Group' }, pack: 'group' })
    .takes('DefineUnit', { unit: 'property', parent: 'group', kind: 'property_company' })
    .takes('DefineUnit', { unit: 'east', parent: 'property', kind: 'branch' });
}

function on<T extends TestOrganisation>(record: T, now: Instant): T {
  record.now = now;
  return record;
}

describe('O-1: who held a post', () => {
  test('is asked for a day: who was head then, not who is head now', () => {
    const it = group()
      .takes('AssignPost', { post: 'unit_head', unit: 'east', person: 'wang', to: day(3) })
      .takes('AssignPost', { post: 'unit_head', unit: 'east', person: 'li', from: day(3) });
    expect(it.holders('unit_head', 'east', day(2, 28))).toEqual(['wang']);
    expect(it.holders('unit_head', 'east', day(3))).toEqual(['li']);
  });

  test('where the unit has nobody, the unit above it answers, and the organisation last', () => {
    const it = group().takes('AssignPost', { post: 'unit_head', person: 'ceo' });
    expect(it.holders('unit_head', 'east', day(2))).toEqual(['ceo']);
    it.takes('AssignPost', { post: 'unit_head', unit: 'group', person: 'wang' });
    expect(it.holders('unit_head', 'east', day(2))).toEqual(['wang']);
    it.takes('AssignPost', { post: 'unit_head', unit: 'property', person: 'li' });
    expect(it.holders('unit_head', 'east', day(2))).toEqual(['li']);
    it.takes('AssignPost', { post: 'unit_head', unit: 'east', person: 'zhao' });
    expect(it.holders('unit_head', 'east', day(2))).toEqual(['zhao']);
    expect(it.holders('unit_head', 'group', day(2))).toEqual(['wang']);
    expect(it.holders('unit_head', undefined, day(2))).toEqual(['ceo']);
  });

  test('the unit above is the one that was above then', () => {
    const it = group()
      .takes('DefineUnit', { unit: 'north', parent: 'group' })
      .takes('AssignPost', { post: 'unit_head', unit: 'property', person: 'li' })
      .takes('AssignPost', { post: 'unit_head', unit: 'north', person: 'wu' })
      .takes('DefineUnit', { unit: 'east', parent: 'north', kind: 'branch', from: day(4) });
    expect(it.holders('unit_head', 'east', day(3, 31))).toEqual(['li']);
    expect(it.holders('unit_head', 'east', day(4))).toEqual(['wu']);
  });

  test('several may hold a post that is not single', () => {
    const it = group()
      .takes('AssignPost', { post: 'unit_head', person: 'wang' })
      .takes('AssignPost', { post: 'unit_head', person: 'li' });
    expect(it.holders('unit_head', 'east', day(2))).toEqual(['wang', 'li']);
  });

  test('the pack of a unit is its own, or that of the unit above it', () => {
    const it = group().takes('DefineUnit', { unit: 'lab', parent: 'group', pack: 'laboratory' });
    const moment = { at: day(2), known: day(2) };
    expect(['lab', 'east', 'nowhere'].map((unit) => it.register.packOf(unit, moment))).toEqual([
      'laboratory',
      'group',
      undefined,
    ]);
  });

  test('units make no circle, and stand below units that there are', () => {
    const it = group();
    expect(it.refuses('DefineUnit', { unit: 'group', parent: 'east' })).toBe('UNIT_LOOP');
    expect(it.send('DefineUnit', { unit: 'west', parent: 'nowhere' })).toMatchObject({
      code: 'UNKNOWN_UNIT',
      facts: { unit: 'nowhere', allowed: ['east', 'group', 'property'] },
    });
    expect(it.refuses('CloseUnit', { unit: 'property' })).toBe('UNIT_NEEDED');
  });
});

describe('EVENTS 14: who held a post, as it was known by the due instant', () => {
  test('an assignment that was recorded later does not count for what was due before, though it is valid from earlier', () => {
    const it = on(group(), day(5)).takes('AssignPost', {
      post: 'unit_head',
      unit: 'east',
      person: 'wang',
      from: day(2),
    });
    expect(it.holders('unit_head', 'east', day(4, 30))).toEqual([]);
    expect(it.holders('unit_head', 'east', day(5))).toEqual(['wang']);
    expect(it.register.answering('unit_head', 'east', { at: day(2), known: day(5) })).toEqual(['wang']);
    expect(it.register.answering('unit_head', 'east', { at: day(1, 31), known: day(5) })).toEqual([]);
  });

  test('an end that was recorded later leaves what was known before', () => {
    const it = group().takes('AssignPost', { post: 'unit_head', unit: 'east', person: 'wang' });
    on(it, day(6)).takes('EndPost', { post: 'unit_head', unit: 'east', person: 'wang', to: day(3) });
    expect(it.holders('unit_head', 'east', day(4))).toEqual(['wang']);
    expect(it.register.answering('unit_head', 'east', { at: day(4), known: day(6) })).toEqual([]);
  });

  test('a unit that was put below another one later stays where it was for what was due before', () => {
    const it = group()
      .takes('DefineUnit', { unit: 'north', parent: 'group' })
      .takes('AssignPost', { post: 'unit_head', unit: 'property', person: 'li' })
      .takes('AssignPost', { post: 'unit_head', unit: 'north', person: 'wu' });
    on(it, day(6)).takes('DefineUnit', { unit: 'east', parent: 'north', kind: 'branch', from: day(2) });
    expect(it.holders('unit_head', 'east', day(5))).toEqual(['li']);
    expect(it.holders('unit_head', 'east', day(6))).toEqual(['wu']);
  });

  test('nothing that is recorded changes an answer for an earlier instant, whatever it is', () => {
    const unit = fc.constantFrom('group', 'property', 'east');
    const person = fc.constantFrom('wang', 'li', 'zhao');
    const at = fc.integer({ min: 1, max: 12 }).map((month) => day(month));
    const order = fc.oneof(
      fc.record({
        name: fc.constant('AssignPost' as const),
        command: fc.record({ post: fc.constant('unit_head'), unit, person, from: at }),
      }),
      fc.record({
        name: fc.constant('EndPost' as const),
        command: fc.record({ post: fc.constant('unit_head'), unit, person, to: at }),
      }),
      fc.record({
        name: fc.constant('RecordAbsence' as const),
        command: fc.record({ person, delegate: person, from: at, to: at }),
      }),
      fc.record({ name: fc.constant('EndAbsence' as const), command: fc.record({ person, to: at }) }),
      fc.record({ name: fc.constant('DefineUnit' as const), command: fc.record({ unit, parent: unit, from: at }) }),
      fc.record({ name: fc.constant('CloseUnit' as const), command: fc.record({ unit, from: at }) }),
    );
    const answers = (it: TestOrganisation, until: number): unknown =>
      Array.from({ length: until }, (_, month) =>
        ['group', 'property', 'east'].map((u) => it.holders('unit_head', u, day(month + 1))),
      );
    const property = fc.property(fc.array(order, { maxLength: 24 }), (orders) => {
      const it = group();
      for (const [number, { name, command }] of orders.entries()) {
        const month = 2 + Math.floor(number / 2);
        const before = answers(it, month - 1);
        on(it, day(month)).send(name, command as never);
        expect(answers(it, month - 1)).toEqual(before);
      }
    });
    fc.assert(property, { numRuns: 60, seed: 14 });
  });
});

describe('O-1: absence', () => {
  const away = (): TestOrganisation =>
    group()
      .takes('AssignPost', { post: 'unit_head', unit: 'east', person: 'wang' })
      .takes('RecordAbsence', { person: 'wang', delegate: 'li', from: day(3), to: day(4) });

  test('the delegate stands in, from the first instant of the absence until before its end', () => {
    const it = away();
    const asked = [day(2, 28), day(3), day(3, 31), day(4)];
    expect(asked.flatMap((at) => it.holders('unit_head', 'east', at))).toEqual(['wang', 'li', 'li', 'wang']);
  });

  test('where the delegate is away too, theirs; where all are away, the holder', () => {
    const it = away().takes('RecordAbsence', { person: 'li', delegate: 'zhao', from: day(3, 10), to: day(3, 20) });
    expect(it.holders('unit_head', 'east', day(3, 15))).toEqual(['zhao']);
    it.takes('RecordAbsence', { person: 'zhao', delegate: 'wang', from: day(3, 12), to: day(3, 13) });
    expect(it.holders('unit_head', 'east', day(3, 12))).toEqual(['wang']);
  });

  test('who comes back early holds the post again; an absence that is recorded too late was not known', () => {
    const it = on(away(), day(3, 5)).takes('EndAbsence', { person: 'wang' });
    expect(it.holders('unit_head', 'east', day(3, 4))).toEqual(['li']);
    expect(it.holders('unit_head', 'east', day(3, 5))).toEqual(['wang']);
    on(it, day(5)).takes('RecordAbsence', { person: 'wang', delegate: 'li', from: day(4, 10), to: day(4, 20) });
    expect(it.holders('unit_head', 'east', day(4, 15))).toEqual(['wang']);
  });

  test('one is away once at a time, and not stood in for by oneself', () => {
    const it = away();
    expect(it.refuses('RecordAbsence', { person: 'wang', delegate: 'zhao', from: day(3, 9) })).toBe('ABSENT_ALREADY');
    expect(it.refuses('RecordAbsence', { person: 'wang', delegate: 'wang' })).toBe('OWN_DELEGATE');
    expect(it.refuses('EndAbsence', { person: 'li' })).toBe('NOT_ABSENT');
    expect(it.send('RecordAbsence', { person: 'wang', delegate: 'li', from: day(3), to: day(4) })).toMatchObject({
      known: true,
    });
  });
});

describe('O-2: posts that are single', () => {
  const held = (): TestOrganisation =>
    group().takes('AssignPost', { post: 'first_responsible', unit: 'east', person: 'wang' });

  test('a second holder at one time is refused, with who holds it', () => {
    const it = held();
    expect(
      it.send('AssignPost', { post: 'first_responsible', unit: 'east', person: 'li', from: day(6) }),
    ).toMatchObject({
      code: 'POST_HELD',
      facts: { post: 'first_responsible', unit: 'east', person: 'wang', from: it.now },
    });
    expect(it.refuses('AssignPost', { post: 'first_responsible', unit: 'group', person: 'li' })).toBeUndefined();
  });

  test('the next one may follow when the one before has ended, to the instant', () => {
    const it = held().takes('EndPost', { post: 'first_responsible', unit: 'east', person: 'wang', to: day(6) });
    const next = { post: 'first_responsible', unit: 'east', person: 'li' };
    expect(it.refuses('AssignPost', { ...next, from: day(5, 31) })).toBe('POST_HELD');
    expect(it.refuses('AssignPost', { ...next, from: day(6) })).toBeUndefined();
    expect(it.refuses('EndPost', { post: 'first_responsible', unit: 'east', person: 'wang', to: day(7) })).toBe(
      'ENDED_ALREADY',
    );
  });

  test('a change relieves the holder when the next one begins', () => {
    const it = held().takes('AssignPost', {
      post: 'first_responsible',
      unit: 'east',
      person: 'li',
      from: day(6),
      change: true,
    });
    expect([day(5, 31), day(6)].flatMap((at) => it.holders('first_responsible', 'east', at))).toEqual(['wang', 'li']);
    expect(it.events.slice(-2)).toMatchObject([
      { type: 'PostEnded', data: { person: 'wang', to: day(6) } },
      { type: 'PostAssigned', data: { person: 'li', inPlaceOf: ['wang'] } },
    ]);
  });

  test('a change of liaison is registered in writing', () => {
    const it = group().takes('AssignPost', { post: 'liaison', unit: 'east', person: 'wang' });
    const change = { post: 'liaison', unit: 'east', person: 'li', from: day(6), change: true };
    expect(it.refuses('AssignPost', change)).toBe('REASON_MISSING');
    expect(it.refuses('EndPost', { post: 'liaison', unit: 'east', person: 'wang' })).toBe('REASON_MISSING');
    it.takes('AssignPost', { ...change, reason: '王芳调往总部' });
    const { personal, data } = it.events.at(-1)!;
    expect(personal).toMatchObject({ reason: { value: '王芳调往总部' } });
    expect(JSON.stringify(data)).not.toContain('王芳');
  });

  test('units that need a holder and have none are named', () => {
    const it = held().takes('AssignPost', { post: 'liaison', unit: 'property', person: 'zhao' });
    expect(it.register.gaps({ at: day(2), known: day(2) })).toEqual(
      [
        { unit: 'group', post: 'first_responsible' },
        { unit: 'property', post: 'first_responsible' },
        { unit: 'east', post: 'liaison' },
      ].sort((a, b) => (a.post + a.unit < b.post + b.unit ? -1 : 1)),
    );
  });

  test('posts and units that are not known are refused with those that are', () => {
    const it = group();
    expect(it.send('AssignPost', { post: 'unit_haed', person: 'wang' })).toMatchObject({
      code: 'UNKNOWN_POST',
      facts: { allowed: ['first_responsible', 'liaison', 'unit_head'] },
    });
    expect(it.refuses('AssignPost', { post: 'unit_head', unit: 'nowhere', person: 'wang' })).toBe('UNKNOWN_UNIT');
  });

  test('what is on record already is recognised, and nothing is written', () => {
    const it = held();
    const count = it.events.length;
    it.takes('DefinePost', { post: 'first_responsible', single: true, neededIn: ['all'] });
    it.takes('DefineUnit', { unit: 'east', parent: 'property', kind: 'branch' });
    it.takes('AssignPost', { post: 'first_responsible', unit: 'east', person: 'wang' });
    expect(it.events).toHaveLength(count);
  });
});
