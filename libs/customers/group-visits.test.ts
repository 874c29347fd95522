import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ENGINE, instant, type Instant } from '#kernel';
import { packText, shippedPack } from '#policy/testing';
import { loadPack } from '#policy';
import { correctMilestone, endVisit, recordMilestone, registerCustomer, withdrawMilestone } from './index.js';
import { FileDesk } from './testing/index.js';

const MONDAY = '2026-01-05T01:00:00.000Z';
const details = { name: '王芳', phone: '13800138000' };
const on = (day: string): Instant => `${day}T01:00:00.000Z`;

let desk: FileDesk;
beforeEach(() => {
  desk = new FileDesk(shippedPack('group'), MONDAY);
  desk.does(registerCustomer, { details });
});

const reached = (milestone: string, day: string, at = on(day)): string =>
  desk.does(recordMilestone, { milestone, reachedAt: on(day) }, { at })['milestoneId'] as string;
const types = (): readonly string[] => desk.events.map(({ type }) => type);

describe('V-2: what the group’s pack has fall due', () => {
  test('signed: one visit, at once', () => {
    reached('signed', '2026-01-05');
    expect(desk.visits()).toEqual(['V-2.one-week 0 scheduled 2026-01-05']);
    desk.passes(on('2026-01-06'));
    expect(desk.visits()).toEqual(['V-2.one-week 0 open 2026-01-05']);
  });

  test('handed over: within a month, within three, after a year, and yearly from then on', () => {
    reached('handed_over', '2026-01-05');
    desk.passes(on('2026-01-06'));
    expect(desk.visits()).toEqual([
      'V-2.one-month 0 open 2026-01-05',
      'V-2.three-months 0 open 2026-01-05',
      'V-2.one-year 0 scheduled 2027-01-05',
    ]);
    desk.passes(on('2027-01-05'));
    expect(desk.visits().at(-1)).toBe('V-2.one-year 0 scheduled 2027-01-05');
    desk.passes('2028-02-01T01:00:00.000Z');
    expect(desk.visits().slice(2)).toEqual([
      'V-2.one-year 0 open 2027-01-05',
      'V-2.one-year 1 open 2028-01-05',
      'V-2.one-year 2 scheduled 2029-01-05',
    ]);
  });

  test('at the due instant itself nothing is late yet; a millisecond later it fell due, at the due instant', () => {
    reached('signed', '2026-01-05');
    desk.passes(MONDAY);
    expect(desk.visits()).toEqual(['V-2.one-week 0 scheduled 2026-01-05']);
    desk.passes('2026-01-05T01:00:00.001Z');
    expect(desk.events.at(-1)).toMatchObject({ type: 'VisitFellDue', meta: { occurredAt: MONDAY } });
  });

  test('the number is read from the pack: another one, another day', () => {
    const pack = loadPack(packText('group').replace('opensAfter: 12mo', 'opensAfter: 6mo'), 'mine.yaml');
    desk = new FileDesk(pack, MONDAY);
    desk.does(registerCustomer, { details });
    reached('handed_over', '2026-01-05');
    expect(desk.visits().at(-1)).toBe('V-2.one-year 0 scheduled 2026-07-05');
  });

  test('the same milestone again is visited again: a second purchase', () => {
    reached('signed', '2026-01-05');
    reached('signed', '2026-02-05');
    expect(desk.visits()).toEqual(['V-2.one-week 0 open 2026-01-05', 'V-2.one-week 0 scheduled 2026-02-05']);
  });
});

describe('V-2: who is entered late', () => {
  test('by less than the pack says: the visit opens, and its clock counts from the milestone', () => {
    reached('signed', '2026-01-01', MONDAY);
    expect(desk.visits()).toEqual(['V-2.one-week 0 scheduled 2026-01-01']);
  });

  test('by more: it is on record that it lapsed, and nobody is visited', () => {
    reached('signed', '2025-11-01', MONDAY);
    expect(desk.visits()).toEqual([]);
    expect(desk.events.at(-1)).toMatchObject({
      type: 'VisitLapsed',
      data: { visit: 'V-2.one-week', opensAt: on('2025-11-01') },
    });
  });

  test('an old customer is visited at the next anniversary, not once for each year gone by', () => {
    reached('handed_over', '2016-06-01', MONDAY);
    expect(desk.visits()).toEqual(['V-2.one-year 9 scheduled 2026-06-01']);
  });
});

describe('V-2: a milestone that was wrong', () => {
  test('corrected: what had not ended is called off and counted anew, what was made stays made', () => {
    const milestoneId = reached('handed_over', '2026-01-05');
    desk.passes(on('2026-01-10'));
    const [oneMonth, threeMonths] = desk.state.visits;
    desk.does(endVisit, { visitId: oneMonth!.visitId, outcome: 'made' }, { actor: ENGINE });
    desk.does(correctMilestone, { milestoneId, reachedAt: on('2026-01-08') });
    expect(desk.state.visits.find(({ visitId }) => visitId === threeMonths!.visitId)?.state).toBe('cancelled');
    expect(desk.visits()).toEqual([
      'V-2.one-month 0 made 2026-01-05',
      'V-2.three-months 0 scheduled 2026-01-08',
      'V-2.one-year 0 scheduled 2027-01-08',
    ]);
  });

  test('corrected to the same instant: nothing happens', () => {
    const milestoneId = reached('signed', '2026-01-05');
    const before = desk.events.length;
    desk.does(correctMilestone, { milestoneId, reachedAt: on('2026-01-05') });
    expect(desk.events).toHaveLength(before);
  });

  test('after a yearly visit that was made, the next year is what is scheduled', () => {
    const milestoneId = reached('handed_over', '2026-01-05');
    desk.passes(on('2027-01-06'));
    const first = desk.state.visits.find(({ visit, state }) => visit === 'V-2.one-year' && state === 'open');
    desk.does(endVisit, { visitId: first!.visitId, outcome: 'made' }, { actor: ENGINE });
    desk.does(correctMilestone, { milestoneId, reachedAt: on('2026-01-04') });
    expect(desk.visits().filter((it) => it.startsWith('V-2.one-year'))).toEqual([
      'V-2.one-year 0 made 2027-01-05',
      'V-2.one-year 1 scheduled 2028-01-04',
    ]);
  });

  test('withdrawn: all that had not ended is called off', () => {
    const milestoneId = reached('handed_over', '2026-01-05');
    desk.passes(on('2026-01-06'));
    desk.does(withdrawMilestone, { milestoneId, reasonCode: 'contract_dissolved' });
    expect(desk.visits()).toEqual([]);
    expect(types().filter((type) => type === 'VisitCancelled')).toHaveLength(3);
  });

  test('C-3: who was erased is not visited any more', () => {
    reached('handed_over', '2026-01-05');
    desk.passes(on('2026-01-06'));
    desk.records({ type: 'SubjectErased', data: { parties: [desk.state.partyId], keyIds: [desk.state.partyId] } });
    expect(desk.visits()).toEqual([]);
    desk.passes(on('2029-01-06'));
    expect(desk.visits()).toEqual([]);
  });
});

test('V-2, EVENTS 12: however often and whenever a timer looks, the same visits fall due at the same instants', () => {
  const days = fc.array(fc.integer({ min: 1, max: 1500 }), { maxLength: 12 });
  fc.assert(
    fc.property(days, fc.integer({ min: 0, max: 400 }), (looks, daysAgo) => {
      const end = instant(Date.parse(MONDAY) + 1501 * 86_400_000);
      const told = (timer: readonly number[]): unknown => {
        const file = new FileDesk(shippedPack('group'), MONDAY);
        file.does(registerCustomer, { details });
        const reachedAt = instant(Date.parse(MONDAY) - daysAgo * 86_400_000);
        file.does(recordMilestone, { milestone: 'handed_over', reachedAt });
        for (const day of [...timer].sort((a, b) => a - b)) file.passes(instant(Date.parse(MONDAY) + day * 86_400_000));
        file.passes(end);
        return file.events.map(({ type, data, meta }) => [type, data, meta.occurredAt]).slice(1);
      };
      const atOnce = told([]) as [string, object, string][];
      // What follows from settlement is recorded when it is looked at; all else is the same.
      const plain = (events: [string, object, string][]) =>
        events.map(([type, data, at]) => [type, data, type === 'VisitScheduled' ? '' : at]);
      expect(plain(told(looks) as [string, object, string][])).toEqual(plain(atOnce));
    }),
    { numRuns: 40 },
  );
});
