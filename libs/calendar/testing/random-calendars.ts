import fc from 'fast-check';
import type { CalendarDefinition, Hours } from '../definition.js';
import { WEEKDAYS } from '../local-day.js';
import type { MinutePause } from './oracle.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Both hemispheres, half-hour steps, changes at midnight, odd offsets, and a day that was left out. */
export const ZONES = [
  'Asia/Shanghai',
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'America/Santiago',
  'America/Sao_Paulo',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Apia',
] as const;

/** Changes of clocks around the world, so that random starts meet them. */
const CHANGES = [
  '2025-03-09T07:00Z',
  '2025-03-30T01:00Z',
  '2025-04-05T15:30Z',
  '2025-04-06T03:00Z',
  '2025-10-04T15:30Z',
  '2025-10-26T01:00Z',
  '2025-11-02T05:00Z',
  '2025-03-29T22:00Z',
  '2017-10-15T03:00Z',
  '2018-02-18T02:00Z',
  '2011-12-30T10:00Z',
].map((text) => Date.parse(text));

const timeText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Any two different times: where the second is the earlier one, over midnight; at times to the end of the day. */
const hours: fc.Arbitrary<Hours> = fc
  .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 }))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => [timeText(from), timeText(to)]);

const officeHours: fc.Arbitrary<Hours> = fc.constantFrom<Hours>(
  ['09:00', '17:30'],
  ['00:00', '24:00'],
  ['01:30', '02:30'],
  ['22:00', '06:00'],
  ['08:00', '12:00'],
  ['13:00', '18:00'],
);

const someHours = fc.array(fc.oneof(hours, officeHours), { maxLength: 3 });
const dateNear = (startMs: number): fc.Arbitrary<string> =>
  fc.integer({ min: -8, max: 20 }).map((days) => new Date(startMs + days * DAY_MS).toISOString().slice(0, 10));

export const start: fc.Arbitrary<number> = fc
  .oneof(
    fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2027, 0, 1) }),
    fc.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -2 * DAY_MS, max: DAY_MS })).map(([at, ms]) => at + ms),
  )
  .map((ms) => Math.floor(ms / MINUTE_MS) * MINUTE_MS);

const definitionNear = (startMs: number): fc.Arbitrary<CalendarDefinition> =>
  fc.record({
    zone: fc.constantFrom(...ZONES),
    // One weekday at least is open, so that a walk by minutes comes to an end.
    week: fc
      .tuple(fc.tuple(...WEEKDAYS.map(() => someHours)), fc.integer({ min: 0, max: 6 }), officeHours)
      .map(([week, weekday, its]) =>
        Object.fromEntries(WEEKDAYS.map((name, at) => [name, at === weekday ? [...week[at]!, its] : week[at]!])),
      ),
    holidays: fc.array(dateNear(startMs), { maxLength: 3 }),
    yearly: fc.array(
      dateNear(startMs).map((date) => date.slice(5)),
      { maxLength: 2 },
    ),
    days: fc.dictionary(dateNear(startMs), someHours, { maxKeys: 3 }),
  });

const pausesNear = (startMs: number): fc.Arbitrary<readonly MinutePause[]> =>
  fc.array(
    fc
      .tuple(fc.integer({ min: -2 * 1440, max: 8 * 1440 }), fc.integer({ min: 0, max: 2 * 1440 }))
      .map(([from, length]) => ({
        fromMs: startMs + from * MINUTE_MS,
        toMs: startMs + (from + length) * MINUTE_MS,
      })),
    { maxLength: 4 },
  );

export interface Situation {
  readonly startMs: number;
  readonly definition: CalendarDefinition;
  readonly pauses: readonly MinutePause[];
  /** Open minutes, negative ones too. */
  readonly budget: number;
}

export const situation: fc.Arbitrary<Situation> = start.chain((startMs) =>
  fc.record({
    startMs: fc.constant(startMs),
    definition: definitionNear(startMs),
    pauses: pausesNear(startMs),
    budget: fc.integer({ min: -1500, max: 1500 }),
  }),
);
