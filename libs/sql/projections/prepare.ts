import {
  decodeEvent,
  instant,
  type EncodedEvent,
  type OpenedEvent,
  type Position,
  type RecordedEvent,
  type Upcasts,
} from '#kernel';
import type { EventReader, StoredEvent } from '#event-store';
import {
  AlteredPart,
  erasedKeysIn,
  openParts,
  WrongKey,
  type FindErasedKeys,
  type LostKey,
  type Vault,
} from '#privacy';
import type { ForeignEvent, ProjectedEvent, Projection } from './projection.js';
import { slotOf } from '../keeping/shares.js';

interface Place {
  readonly category: string;
  readonly subject: string;
  /** Which slot the subject is in. */
  readonly slot: number;
  readonly position: Position;
  readonly eventId: string;
  /** Whether it is the first of its subject. */
  readonly begins: boolean;
}

/** An event of the log made ready for folding, or why it cannot be. */
export type Prepared = Place &
  (
    | { readonly kind: 'event'; readonly event: ProjectedEvent }
    | { readonly kind: 'foreign'; readonly event: ForeignEvent }
    | { readonly kind: 'unreadable'; readonly error: Error }
  );

/** What most events have opened: one value, so that it is made once and known at a glance. */
export const NOTHING_OPENED: ProjectedEvent['personal'] = Object.freeze({});

/** An event as it was read, its JSON perhaps as text. */
export type ReadEvent = Omit<StoredEvent, 'data' | 'metadata'> & Pick<EncodedEvent, 'data' | 'metadata'>;

/** A reader of a log in this process may hand out text: half the work where the JSON is parsed anyway. */
export interface LogReader extends EventReader {
  /** The next events after a position, `START` for the first. */
  readTextBatch?(after: Position, maxCount: number): readonly ReadEvent[];
}

export interface LogSources {
  readonly reader: LogReader;
  readonly vault: Pick<Vault, 'open' | 'forget'>;
  readonly upcasts: Upcasts;
  readonly onLost: (lost: LostKey) => void;
}

/** How many events of one stream are read at once. */
const STREAM_PAGE = 1_000;

const SUBJECT_ERASED = 'SubjectErased';

/** A projection and the slots whose subjects it is to see; all of them where they are undefined. */
export interface Wanting {
  readonly projection: Projection;
  readonly slots: ReadonlySet<number> | undefined;
}

/** Reads, lifts and opens events for a set of projections: each once, whoever needs them. */
export class Preparation {
  private readonly categories: ReadonlySet<string>;
  private readonly wanted = new Map<string, Set<string>>();
  /** The slots that anybody wants, and those of which anybody wants to see what is personal; undefined: all. */
  private readonly slots: ReadonlySet<number> | undefined;
  private readonly opened: ReadonlySet<number> | undefined;

  constructor(
    private readonly sources: LogSources,
    wanting: readonly Wanting[],
    private readonly slotCount: number,
  ) {
    this.categories = new Set(wanting.map(({ projection }) => projection.category));
    this.slots = together(wanting);
    this.opened = together(wanting.filter(({ projection }) => Object.keys(projection.opens).length > 0));
    for (const [type, parts] of wanting.flatMap(({ projection }) => Object.entries(projection.opens))) {
      const known = this.wanted.get(type) ?? new Set();
      for (const part of parts) known.add(part);
      this.wanted.set(type, known);
    }
  }

  /** Events of other categories and slots are left out. Personal parts are opened in one batch. */
  async batch(stored: readonly ReadEvent[]): Promise<Prepared[]> {
    const decoded = this.decodeAll(stored);
    const erasures = recordedOnly(decoded).filter(({ type }) => type === SUBJECT_ERASED);
    if (erasures.length > 0) this.sources.vault.forget([...erasedKeysIn(erasures)]);
    return this.open(decoded, async (stream) => erasedKeysIn(recordedOnly(await this.stream(stream))));
  }

  /** A whole stream up to a position, the parts under keys that it says were erased taken as erased (EVENTS.md 8, 10). */
  async subject(stream: string, upTo: Position): Promise<Prepared[]> {
    const decoded = await this.stream(stream);
    const erased = erasedKeysIn(recordedOnly(decoded));
    const until = decoded.filter(({ at }) => at.position.commit <= upTo.commit);
    return this.open(until, async () => erased, erased);
  }

  private async stream(stream: string): Promise<Decoded[]> {
    const decoded: Decoded[] = [];
    for (let from = 0n; ; from += BigInt(STREAM_PAGE)) {
      const page = await this.sources.reader.readStream(stream, { from, maxCount: STREAM_PAGE });
      decoded.push(...this.decodeAll(page));
      if (page.length < STREAM_PAGE) return decoded;
    }
  }

  private decodeAll(stored: readonly ReadEvent[]): Decoded[] {
    const decoded: Decoded[] = [];
    for (const event of stored) {
      const it = this.decode(event);
      if (it) decoded.push(it);
    }
    return decoded;
  }

  private decode(stored: ReadEvent): Decoded | undefined {
    const dash = stored.stream.indexOf('-');
    const category = stored.stream.slice(0, dash);
    if (dash < 0 || !this.categories.has(category)) return undefined;
    const subject = stored.stream.slice(dash + 1);
    const slot = slotOf(subject, this.slotCount);
    if (this.slots && !this.slots.has(slot)) return undefined;
    const { id: eventId, position } = stored;
    const at = { category, subject, slot, position, eventId, begins: stored.revision === 0n };
    try {
      const recorded = decodeEvent(stored, this.sources.upcasts);
      const isOpened = this.opened === undefined || this.opened.has(slot);
      if (recorded) return { at, recorded, sealed: isOpened ? this.wantedParts(recorded) : undefined };
      return { at, ready: { ...at, kind: 'foreign', event: foreignEvent(stored, at.subject) } };
    } catch (error) {
      return { at, ready: { ...at, kind: 'unreadable', error: error as Error } };
    }
  }

  /** The event with those of its parts only that somebody wants opened; undefined where there are none. */
  private wantedParts(recorded: RecordedEvent): RecordedEvent | undefined {
    const wanted = this.wanted.get(recorded.type);
    if (wanted === undefined) return undefined;
    const parts = Object.entries(recorded.personal).filter(([part]) => wanted.has(part));
    return parts.length === 0 ? undefined : { ...recorded, personal: Object.fromEntries(parts) };
  }

  private async open(
    decoded: readonly Decoded[],
    findErased: FindErasedKeys,
    erased: ReadonlySet<string> = new Set(),
  ): Promise<Prepared[]> {
    const toOpen: RecordedEvent[] = [];
    for (const { sealed } of decoded) if (sealed) toOpen.push(withoutErased(sealed, erased));
    const opened = await this.openAll(toOpen, findErased);
    let next = 0;
    return decoded.map(({ at, ready, recorded, sealed }): Prepared => {
      if (ready) return ready;
      if (!sealed) return { ...at, kind: 'event', event: projected(at, recorded, NOTHING_OPENED) };
      const event = opened[next++]!;
      if (event instanceof Error) return { ...at, kind: 'unreadable', error: event };
      const gone = Object.entries(sealed.personal).filter(([, { keyId }]) => erased.has(keyId));
      const erasures = Object.fromEntries(gone.map(([part]) => [part, { erased: true }] as const));
      return { ...at, kind: 'event', event: projected(at, recorded, { ...event.personal, ...erasures }) };
    });
  }

  /** An event that does not authenticate must stop its own partition, not the batch it happens to be in. */
  private async openAll(
    events: readonly RecordedEvent[],
    findErased: FindErasedKeys,
  ): Promise<(OpenedEvent | Error)[]> {
    const { vault, onLost } = this.sources;
    try {
      return await openParts(vault, findErased, events, onLost);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    const opened: (OpenedEvent | Error)[] = [];
    for (const event of events) {
      try {
        opened.push(...(await openParts(vault, findErased, [event], onLost)));
      } catch (error) {
        if (!isDamage(error)) throw error;
        opened.push(error);
      }
    }
    return opened;
  }
}

function together(wanting: readonly Wanting[]): ReadonlySet<number> | undefined {
  const all = wanting.map(({ slots }) => slots);
  return all.includes(undefined) ? undefined : new Set(all.flatMap((slots) => [...slots!]));
}

const isDamage = (error: unknown): error is Error => error instanceof AlteredPart || error instanceof WrongKey;

const projected = (
  { subject, position }: Place,
  { id, stream, revision, type, data, meta }: RecordedEvent,
  personal: ProjectedEvent['personal'],
): ProjectedEvent => ({
  id,
  stream,
  subject,
  revision,
  position: Number(position.prepare),
  type,
  data,
  personal,
  meta,
});

/** An event on its way: ready as it is, or with the parts to open. */
type Decoded =
  | { readonly at: Place; readonly ready: Prepared; readonly recorded?: undefined; readonly sealed?: undefined }
  | {
      readonly at: Place;
      readonly ready?: undefined;
      readonly recorded: RecordedEvent;
      readonly sealed: RecordedEvent | undefined;
    };

const recordedOnly = (decoded: readonly Decoded[]): RecordedEvent[] =>
  decoded.flatMap(({ recorded }) => recorded ?? []);

function withoutErased(event: RecordedEvent, erased: ReadonlySet<string>): RecordedEvent {
  if (erased.size === 0) return event;
  const kept = Object.entries(event.personal).filter(([, { keyId }]) => !erased.has(keyId));
  return { ...event, personal: Object.fromEntries(kept) };
}

const foreignEvent = (stored: ReadEvent, subject: string): ForeignEvent => ({
  subject,
  revision: Number(stored.revision),
  position: Number(stored.position.prepare),
  createdAt: instant(stored.createdMs),
});
