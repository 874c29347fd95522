import type { StoredEvent } from '#event-store';
import { decodeEvent, refuse, type Instant, type Position, type RecordedEvent, type Refusal } from '#kernel';
import { Calendars, loadPack, type Policy } from '#policy';
import {
  calendarAggregate,
  type CountryCalendar,
  type Publication,
  type RecordedCalendarEvent,
} from './calendars/calendar-stream.js';
import { inForceAt, type AnnouncedVersion, type RecordedPolicyEvent } from './policies/policy-stream.js';

/** A version of a pack as it is on record, ready to rule. */
export interface PublishedVersion extends AnnouncedVersion {
  readonly pack: string;
  readonly text: string;
  readonly policy: Policy;
}

/** The version that is to rule a case that is being opened. */
export interface Opening {
  /** The pack that was asked for; the one of the desk where left out. */
  readonly pack?: string | undefined;
  /** For imports: when the case was taken over (EVENTS.md 18). */
  readonly at?: Instant | undefined;
}

/** What is known of holidays and packs, from the log alone: whoever has read the same events knows the same. */
export class Register {
  readonly calendars = new Calendars([]);
  private readonly countries = new Map<string, CountryCalendar>();
  private readonly packs = new Map<string, PublishedVersion[]>();
  /** Per stream the last revision that was taken in. */
  private readonly taken = new Map<string, number>();

  /**
   * Takes in an event; one that was taken in before is passed over.
   * @returns whether it was news
   * @throws WrongPack where this engine cannot read a pack that another one published
   */
  take(stored: StoredEvent): boolean {
    const { stream } = stored;
    const revision = Number(stored.revision);
    if (revision <= (this.taken.get(stream) ?? -1)) return false;
    this.taken.set(stream, revision);
    const event = decodeEvent(stored, {});
    if (event === undefined) return false;
    if (stream.startsWith('calendar-')) this.takeCalendar(stream, event as RecordedCalendarEvent);
    else if (stream.startsWith('policy-')) this.takePolicy(event as RecordedPolicyEvent);
    return true;
  }

  /** The revision behind which a stream holds news. */
  takenOf(stream: string): number {
    return this.taken.get(stream) ?? -1;
  }

  /** What was published for each country, in the order of the log. */
  publications(): readonly Publication[] {
    return [...this.countries.values()].flatMap(({ publications }) => publications);
  }

  /** The packs with their versions, in the order in which they take effect. */
  versions(): ReadonlyMap<string, readonly PublishedVersion[]> {
    return this.packs;
  }

  version(pack: string, version: string): PublishedVersion | undefined {
    return this.packs.get(pack)?.find((it) => it.version === version);
  }

  /** The version of a pack in force at an instant; undefined where there is no such pack. */
  inForce(pack: string, at: Instant): PublishedVersion | undefined {
    return inForceAt(this.packs.get(pack) ?? [], at);
  }

  /**
   * The version that rules a case (EVENTS.md 18): the one it is under, else the one in force when it is opened.
   * @returns UNKNOWN_PACK, UNKNOWN_VERSION; NOT_IN_FORCE_YET for one that is only announced
   */
  ruling(
    under: { readonly pack: string; readonly version: string } | undefined,
    at: Instant,
    opening: { readonly pack: string; readonly at?: Instant | undefined },
  ): PublishedVersion | Refusal {
    const pack = under?.pack ?? opening.pack;
    const versions = this.packs.get(pack);
    if (versions === undefined) return refuse('UNKNOWN_PACK', { pack, known: [...this.packs.keys()] });
    if (under === undefined) return inForceAt(versions, opening.at ?? at)!;
    const found = versions.find(({ version }) => version === under.version);
    if (found === undefined) {
      return refuse('UNKNOWN_VERSION', { ...under, known: versions.map(({ version }) => version) });
    }
    if (found !== versions[0] && found.effectiveFrom > at) {
      return refuse('NOT_IN_FORCE_YET', { ...under, effectiveFrom: found.effectiveFrom });
    }
    return found;
  }

  private takeCalendar(stream: string, event: RecordedCalendarEvent): void {
    const before = this.countries.get(stream) ?? calendarAggregate.initial;
    const after = calendarAggregate.evolve(before, event);
    this.countries.set(stream, after);
    const fresh = after.publications.length > before.publications.length ? after.publications.at(-1) : undefined;
    if (fresh !== undefined) this.calendars.publish(fresh.snapshot, fresh.since);
  }

  private takePolicy({ type, data, meta }: RecordedPolicyEvent): void {
    if (type !== 'PolicyPublished') return;
    const { pack, version, text, sha256, effectiveFrom, notice } = data;
    const policy = loadPack(text, `${pack}@${version}`, this.calendars);
    const versions = this.packs.get(pack) ?? [];
    const announced = { version, sha256, announcedAt: meta.recordedAt, effectiveFrom };
    versions.push({ ...announced, ...(notice === undefined ? {} : { notice }), pack, text, policy });
    this.packs.set(pack, versions);
  }
}

/** Rules by the instant since when they are known, whatever stream they stand in. */
export const inOrder = (events: readonly StoredEvent[]): readonly StoredEvent[] => {
  const at = new Map(events.map((event) => [event, recordedAt(event)]));
  return [...events].sort((a, b) => compare(at.get(a)!, at.get(b)!) || byPosition(a.position, b.position));
};

const recordedAt = (stored: StoredEvent): Instant => {
  const event: RecordedEvent | undefined = decodeEvent(stored, {});
  return event?.meta.recordedAt ?? '';
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byPosition = (a: Position, b: Position): number => (a.commit < b.commit ? -1 : a.commit > b.commit ? 1 : 0);
