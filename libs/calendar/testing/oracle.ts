import { IANAZone } from 'luxon';
import type { CalendarDefinition, Hours } from '../definition.js';

const MINUTE_MS = 60_000;
const SLOT_MS = 15 * MINUTE_MS;
const DAY_MS = 86_400_000;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Instants (epoch ms), whole minutes all of them. */
export interface MinutePause {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Business time as a child would reckon it: looks at the clock on the wall each minute, asks whether the place is open, and
 * counts. Shares nothing with what it judges, the time zones (by luxon) included.
 */
export class Oracle {
  private static readonly offsetsOf = new Map<string, Map<number, number>>();
  private readonly hoursOf = new Map<number, readonly (readonly [number, number])[]>();
  private readonly zone: IANAZone;
  private readonly offsets: Map<number, number>;

  constructor(
    private readonly definition: CalendarDefinition,
    private readonly pauses: readonly MinutePause[],
  ) {
    this.zone = IANAZone.create(definition.zone);
    this.offsets = Oracle.offsetsOf.get(definition.zone) ?? new Map<number, number>();
    Oracle.offsetsOf.set(definition.zone, this.offsets);
  }

  /** What the wall clock shows, as if it were UTC. */
  wallMs = (atMs: number): number => atMs + this.offsetMs(atMs);

  /** On a day at whose ends the zone differs, each quarter of an hour is looked up: no zone changes within one. */
  private offsetMs(atMs: number): number {
    const day = Math.floor(atMs / DAY_MS);
    const [from, to] = [this.lookedUp(day * DAY_MS), this.lookedUp((day + 1) * DAY_MS)];
    return from === to ? from : this.lookedUp(Math.floor(atMs / SLOT_MS) * SLOT_MS);
  }

  private lookedUp(atMs: number): number {
    let offsetMs = this.offsets.get(atMs);
    if (offsetMs === undefined) this.offsets.set(atMs, (offsetMs = this.zone.offset(atMs) * MINUTE_MS));
    return offsetMs;
  }

  isOpen(atMs: number): boolean {
    const wallMs = this.wallMs(atMs);
    const dayMs = Math.floor(wallMs / DAY_MS) * DAY_MS;
    const minute = (wallMs - dayMs) / MINUTE_MS;
    const today = this.hours(dayMs).some(([from, to]) => minute >= from && (minute < to || to <= from));
    return today || this.hours(dayMs - DAY_MS).some(([from, to]) => to <= from && minute < to);
  }

  isPaused = (atMs: number): boolean => this.pauses.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);

  isWorkingDay = (wallDayMs: number): boolean => this.hours(wallDayMs).length > 0;

  /** The end of the last minute of a budget (open minutes, negative leads back), pauses not counted. */
  add(startMs: number, budget: number, counts = this.isRunning): number {
    let left = Math.abs(budget);
    let atMs = startMs;
    if (left === 0) for (; !counts(atMs); atMs += MINUTE_MS);
    while (left > 0) {
      if (counts(budget > 0 ? atMs : atMs - MINUTE_MS)) left--;
      atMs += budget > 0 ? MINUTE_MS : -MINUTE_MS;
    }
    return atMs;
  }

  readonly isRunning = (atMs: number): boolean => this.isOpen(atMs) && !this.isPaused(atMs);

  /** How many minutes of a kind lie between two instants. */
  count(fromMs: number, toMs: number, counts: (atMs: number) => boolean): number {
    let minutes = 0;
    for (let atMs = fromMs; atMs < toMs; atMs += MINUTE_MS) if (counts(atMs)) minutes++;
    return minutes;
  }

  /** DESIGN "Durations", word for word: pushed by what pauses cover, until nothing more is covered. */
  pushed(startMs: number, baseMs: number, pushes: (atMs: number) => boolean): number {
    const covers = (atMs: number): boolean => pushes(atMs) && this.isPaused(atMs);
    let dueMs = baseMs;
    for (;;) {
      const covered = this.count(startMs, dueMs, covers);
      const nextMs = covered === 0 ? baseMs : this.add(baseMs, covered, pushes);
      if (nextMs === dueMs) return dueMs;
      dueMs = nextMs;
    }
  }

  private hours(wallDayMs: number): readonly (readonly [number, number])[] {
    let hours = this.hoursOf.get(wallDayMs);
    if (hours === undefined) this.hoursOf.set(wallDayMs, (hours = this.lookUp(wallDayMs).map(minutes)));
    return hours;
  }

  private lookUp(wallDayMs: number): readonly Hours[] {
    const date = new Date(wallDayMs).toISOString().slice(0, 10);
    const { days = {}, holidays = [], yearly = [], week = {} } = this.definition;
    if (date in days) return days[date]!;
    if (holidays.includes(date) || yearly.includes(date.slice(5))) return [];
    return week[WEEKDAYS[new Date(wallDayMs).getUTCDay()]!] ?? [];
  }
}

const minutes = ([from, to]: Hours): readonly [number, number] => [minuteOf(from), minuteOf(to)];
const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
