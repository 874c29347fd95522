import type { Snapshot } from '#calendar';
import type { Aggregate } from '#execution';
import { accept, refuse, type Decide, type DomainEvent, type Instant, type Recorded } from '#kernel';
import { isSameYear, type GivenYears, type Years } from './given-years.js';

/** What is on record about the public holidays of one country, in the stream `calendar-<country>`. Nothing of it is personal. */
export type CalendarEvent =
  /** K-10: these years are known from the recorded instant on. */
  | DomainEvent<
      'CalendarPublished',
      {
        /** Names what is known from now on, e.g. `cn-2027`; deadlines name it (K-9). */
        readonly calendar: string;
        readonly country: string;
        /** The years that were not known before, or known otherwise. */
        readonly years: Years;
        readonly source: string;
        readonly corrects?: readonly string[];
        /** It came with the engine when the log began: everything in the log was counted by it. */
        readonly fromTheBeginning?: true;
      }
    >
  /** Every provisional deadline was counted again by what was published. */
  | DomainEvent<
      'ProvisionalDeadlinesRecomputed',
      { readonly calendar: string; readonly cases: number; readonly moved: number }
    >;

export type RecordedCalendarEvent = Recorded<CalendarEvent>;

/** What is known of a country, and since when each step of it. */
export interface CountryCalendar {
  readonly publications: readonly Publication[];
}

export interface Publication {
  readonly snapshot: Snapshot;
  /** Since when it is known; empty for what came with the engine when the log began. */
  readonly since: Instant;
  readonly recordedAt: Instant;
  /** The years it brought. */
  readonly brought: readonly string[];
  readonly corrects: readonly string[];
  readonly source: string;
  /** Whether provisional deadlines have been counted again by it. */
  readonly recomputed: boolean;
}

export const calendarAggregate: Aggregate<CountryCalendar, CalendarEvent, null> = {
  category: 'calendar',
  initial: { publications: [] },
  upcasts: {},
  evolve,
  settle: () => [],
  follow: () => [],
};

function evolve(state: CountryCalendar, event: RecordedCalendarEvent): CountryCalendar {
  switch (event.type) {
    case 'CalendarPublished':
      return { publications: [...state.publications, publicationOf(state, event)] };
    case 'ProvisionalDeadlinesRecomputed': {
      const { calendar } = event.data;
      return {
        publications: state.publications.map((it) => (it.snapshot.id === calendar ? { ...it, recomputed: true } : it)),
      };
    }
    default:
      // The fold is total: what a later engine writes is passed over.
      return (event satisfies never, state);
  }
}

function publicationOf(
  { publications }: CountryCalendar,
  { data, meta }: Extract<RecordedCalendarEvent, { type: 'CalendarPublished' }>,
): Publication {
  const { calendar, country, source, corrects = [], fromTheBeginning = false } = data;
  const years = { ...publications.at(-1)?.snapshot.years, ...data.years };
  const published = Object.keys(years).map(Number);
  return {
    snapshot: { id: calendar, country, source, published: published.sort((a, b) => a - b), years },
    since: fromTheBeginning ? '' : meta.recordedAt,
    recordedAt: meta.recordedAt,
    brought: Object.keys(data.years),
    corrects,
    source,
    // In a log that begins there is nothing to count again.
    recomputed: fromTheBeginning,
  };
}

export interface PublishCalendar extends GivenYears {
  readonly fromTheBeginning: boolean;
}

/**
 * K-10. What is known already is recognised: nothing is written for it. Result: `calendar`, `years` that are new, `known`.
 * Refusals: YEAR_PUBLISHED_DIFFERENTLY.
 */
export const publishCalendar: Decide<PublishCalendar, CountryCalendar, CalendarEvent, null> = (command, state) => {
  const { country, source, corrects, fromTheBeginning } = command;
  const latest = state.publications.at(-1);
  const known = latest?.snapshot.years ?? {};
  const fresh: Record<string, Years[string]> = {};
  const corrected: string[] = [];
  for (const [year, given] of Object.entries(command.years)) {
    const before = known[year];
    if (before !== undefined && isSameYear(year, before, given)) continue;
    if (before !== undefined && !corrects.includes(year)) {
      return refuse('YEAR_PUBLISHED_DIFFERENTLY', { country, year, calendar: latest!.snapshot.id, published: before });
    }
    if (before !== undefined) corrected.push(year);
    fresh[year] = given;
  }
  const years = Object.keys(fresh);
  if (years.length === 0) return accept([], { calendar: latest?.snapshot.id ?? '', years: [], known: true });
  const calendar = nameOf(state, country, [...Object.keys(known), ...years]);
  const data = {
    calendar,
    country,
    years: fresh,
    source,
    ...(corrected.length === 0 ? {} : { corrects: corrected }),
    ...(fromTheBeginning ? { fromTheBeginning: true as const } : {}),
  };
  return accept<CalendarEvent>([{ type: 'CalendarPublished', data }], { calendar, years, known: false });
};

/** Country and last year; a further one that reaches no further is counted. */
function nameOf({ publications }: CountryCalendar, country: string, years: readonly string[]): string {
  const name = `${country.toLowerCase()}-${[...years].sort().at(-1)}`;
  const alike = publications.filter(({ snapshot: { id } }) => id === name || id.startsWith(`${name}.`)).length;
  return alike === 0 ? name : `${name}.${alike + 1}`;
}

export interface RecordRecomputation {
  readonly calendar: string;
  readonly cases: number;
  readonly moved: number;
}

export const recordRecomputation: Decide<RecordRecomputation, CountryCalendar, CalendarEvent, null> = (
  { calendar, cases, moved },
  { publications },
) =>
  publications.some(({ snapshot, recomputed }) => snapshot.id === calendar && !recomputed)
    ? accept<CalendarEvent>([{ type: 'ProvisionalDeadlinesRecomputed', data: { calendar, cases, moved } }])
    : accept<CalendarEvent>([]);
