import {
  prepareCalendar,
  SHIPPED_CALENDARS,
  SNAPSHOTS,
  type Calendar,
  type CalendarDefinition,
  type Snapshot,
} from '#calendar';
import type { Instant, Refusal } from '#kernel';

/** Public holidays, and since when the engine has known them. */
export interface PublishedSnapshot {
  readonly snapshot: Snapshot;
  readonly since: Instant;
}

const FROM_THE_BEGINNING: Instant = '';

/**
 * The public holidays that are known, by the instant since when: what is counted for an instant leans on those that had been
 * published by then, so that nothing depends on when a timer looked (EVENTS.md 14).
 */
export class Calendars {
  private prepared = new WeakMap<object, Map<number, Calendar | Refusal>>();
  private readonly published: PublishedSnapshot[];

  /** @param published in the order of publishing; what is shipped with the engine where left out */
  constructor(
    published: readonly PublishedSnapshot[] = SNAPSHOTS.map((snapshot) => ({ snapshot, since: FROM_THE_BEGINNING })),
  ) {
    this.published = [...published];
  }

  /**
   * A snapshot that became known. It speaks for all instants from `since` on; earlier ones go on as they were. What several
   * processes publish may be heard of in another order than it was written: it stands in the order of `since`.
   */
  publish(snapshot: Snapshot, since: Instant): void {
    const behind = this.published.findLastIndex((it) => it.since <= since) + 1;
    if (behind < this.published.length) this.prepared = new WeakMap();
    this.published.splice(behind, 0, { snapshot, since });
  }

  /** The snapshots that had been published by an instant; before the first, the first. */
  known(by: Instant): readonly Snapshot[] {
    return this.published.slice(0, this.countKnown(by)).map(({ snapshot }) => snapshot);
  }

  /** A calendar as it was known at an instant. @returns what `prepareCalendar` refuses */
  prepare(definition: CalendarDefinition, by: Instant): Calendar | Refusal {
    const count = this.countKnown(by);
    const versions = this.prepared.get(definition) ?? new Map<number, Calendar | Refusal>();
    this.prepared.set(definition, versions);
    const known = versions.get(count);
    if (known !== undefined) return known;
    const calendar = prepareCalendar(definition, this.known(by));
    versions.set(count, calendar);
    return calendar;
  }

  private countKnown(by: Instant): number {
    const first = this.published.findIndex(({ since }) => since > by);
    return first < 0 ? this.published.length : Math.max(first, Math.min(1, this.published.length));
  }
}

/** The definition under a name of the pack or of the engine; undefined where there is none. */
export function calendarNamed(
  calendars: Readonly<Record<string, string | object>>,
  name: string,
): CalendarDefinition | undefined {
  const own = Object.hasOwn(calendars, name) ? calendars[name] : name;
  if (typeof own === 'object') return own as CalendarDefinition;
  return own !== undefined && Object.hasOwn(SHIPPED_CALENDARS, own) ? SHIPPED_CALENDARS[own] : undefined;
}
