import { refuse, type Refusal } from '#kernel';
import { DAY_MS } from './local-day.js';

/** A stretch of time in which the clocks of a place differ from UTC by the same amount. Local time = UTC + `offsetMs`. */
export interface OffsetSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly offsetMs: number;
}

const zones = new Map<string, Zone>();
/** So that instants of all ages, asked for one after the other, cannot fill the memory. */
const MOST_YEARS_KEPT = 500;

/** @returns the zone of an IANA name, or UNKNOWN_ZONE; offsets such as `+08:00` are no names (`Etc/GMT-8` is) */
export function zoneNamed(name: string): Zone | Refusal {
  const known = zones.get(name);
  if (known) return known;
  if (!/^[A-Za-z]/.test(name)) return refuse('UNKNOWN_ZONE', { zone: name });
  try {
    const zone = new Zone(name);
    zones.set(name, zone);
    return zone;
  } catch (error) {
    if (error instanceof RangeError) return refuse('UNKNOWN_ZONE', { zone: name });
    throw error;
  }
}

/** The offsets of one time zone, looked up in the runtime's own tables once per year and kept. */
export class Zone {
  private readonly years = new Map<number, readonly OffsetSpan[]>();
  private readonly format: Intl.DateTimeFormat;
  private latest: OffsetSpan = { fromMs: 0, toMs: 0, offsetMs: 0 };

  /** @throws RangeError for a name that the runtime does not know */
  constructor(readonly name: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  }

  /** The stretches of equal offset that fill a year of UTC without a gap. */
  spansOf(utcYear: number): readonly OffsetSpan[] {
    const known = this.years.get(utcYear);
    if (known) return known;
    if (this.years.size >= MOST_YEARS_KEPT) this.years.clear();
    const spans = this.lookUp(startOfYear(utcYear), startOfYear(utcYear + 1));
    this.years.set(utcYear, spans);
    return spans;
  }

  offsetMsAt(atMs: number): number {
    if (atMs < this.latest.fromMs || atMs >= this.latest.toMs) {
      this.latest = this.spansOf(utcYearOf(atMs)).find(({ toMs }) => atMs < toMs)!;
    }
    return this.latest.offsetMs;
  }

  /** What the clock on the wall shows, as if it were UTC. */
  localMs = (atMs: number): number => atMs + this.offsetMsAt(atMs);

  /**
   * When the clock on the wall shows a time. In the doubled hour that is twice: the first time, or the second one where
   * `occurrence` says so. A time in the missing hour is moved on by what was skipped, as is usual (02:30 becomes 03:30).
   */
  instantMs(localMs: number, occurrence: 'first' | 'second' = 'first'): number {
    const before = this.offsetMsAt(localMs - DAY_MS);
    const after = this.offsetMsAt(localMs + DAY_MS);
    const shown = [before, after].filter((offsetMs) => this.offsetMsAt(localMs - offsetMs) === offsetMs);
    const offsetMs = occurrence === 'first' ? shown[0] : shown.at(-1);
    return localMs - (offsetMs ?? before);
  }

  /** Zones change at most once a day, so that a look at each day and a search between two that differ finds all. */
  private lookUp(fromMs: number, toMs: number): readonly OffsetSpan[] {
    const spans: OffsetSpan[] = [];
    let spanFromMs = fromMs;
    let offsetMs = this.readOffsetMs(fromMs);
    for (let dayMs = fromMs; dayMs < toMs; dayMs += DAY_MS) {
      const nextMs = Math.min(dayMs + DAY_MS, toMs - 1);
      const next = this.readOffsetMs(nextMs);
      if (next === offsetMs) continue;
      const changeMs = this.changeBetween(dayMs, nextMs, offsetMs);
      spans.push({ fromMs: spanFromMs, toMs: changeMs, offsetMs });
      [spanFromMs, offsetMs] = [changeMs, next];
    }
    return [...spans, { fromMs: spanFromMs, toMs, offsetMs }];
  }

  /** The first instant at which the offset is no longer `offsetMs`. */
  private changeBetween(sameMs: number, otherMs: number, offsetMs: number): number {
    let [low, high] = [sameMs, otherMs];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.readOffsetMs(middle) === offsetMs) low = middle;
      else high = middle;
    }
    return high;
  }

  private readOffsetMs(atMs: number): number {
    const shown = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(this.format.format(atMs))!;
    const seconds = Number(shown[2] ?? 0) * 3600 + Number(shown[3] ?? 0) * 60 + Number(shown[4] ?? 0);
    return seconds === 0 ? 0 : (shown[1] === '-' ? -1 : 1) * seconds * 1000;
  }
}

export function startOfYear(utcYear: number): number {
  const start = new Date(0);
  return start.setUTCFullYear(utcYear, 0, 1);
}

export const utcYearOf = (atMs: number): number => new Date(atMs).getUTCFullYear();
