import {
  decodeEvent,
  instant,
  type OpenedEvent,
  type OpenedPart,
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

/** An event of the log made ready for folding, or why it cannot be. */
export type Prepared = {
  readonly category: string;
  readonly subject: string;
  readonly position: Position;
  readonly eventId: string;
} & (
  | { readonly kind: 'event'; readonly event: ProjectedEvent }
  | { readonly kind: 'foreign'; readonly event: ForeignEvent }
  | { readonly kind: 'unreadable'; readonly error: Error }
);

export interface LogSources {
  readonly reader: EventReader;
  readonly vault: Pick<Vault, 'open' | 'forget'>;
  readonly upcasts: Upcasts;
  readonly onLost: (lost: LostKey) => void;
}

/** How many events of one stream are read at once. */
const STREAM_PAGE = 1_000;

const SUBJECT_ERASED = 'SubjectErased';

/** Reads, lifts and opens events for a set of projections: each once, whoever needs them. */
export class Preparation {
  private readonly categories: ReadonlySet<string>;
  private readonly wanted = new Map<string, Set<string>>();

  constructor(
    private readonly sources: LogSources,
    projections: readonly Projection[],
  ) {
    this.categories = new Set(projections.map(({ category }) => category));
    for (const [type, parts] of projections.flatMap(({ opens }) => Object.entries(opens))) {
      const known = this.wanted.get(type) ?? new Set();
      for (const part of parts) known.add(part);
      this.wanted.set(type, known);
    }
  }

  /** Events of other categories are left out. Personal parts are opened in one batch. */
  async batch(stored: readonly StoredEvent[]): Promise<Prepared[]> {
    const decoded = stored.flatMap((event) => this.decode(event));
    const erasures = decoded.flatMap(({ recorded }) => (recorded?.type === SUBJECT_ERASED ? [recorded] : []));
    if (erasures.length > 0) this.sources.vault.forget([...erasedKeysIn(erasures)]);
    return this.open(decoded, async (stream) => erasedKeysIn(recordedOnly(await this.stream(stream))));
  }

  /** A whole stream up to a position, the parts under keys that it says were erased taken as erased (EVENTS.md 8, 10). */
  async subject(stream: string, upTo: Position): Promise<Prepared[]> {
    const decoded = await this.stream(stream);
    const erased = erasedKeysIn(recordedOnly(decoded));
    const until = decoded.filter(({ prepared }) => prepared.position.commit <= upTo.commit);
    return this.open(until, async () => erased, erased);
  }

  private async stream(stream: string): Promise<Decoded[]> {
    const decoded: Decoded[] = [];
    for (let from = 0n; ; from += BigInt(STREAM_PAGE)) {
      const page = await this.sources.reader.readStream(stream, { from, maxCount: STREAM_PAGE });
      decoded.push(...page.flatMap((event) => this.decode(event)));
      if (page.length < STREAM_PAGE) return decoded;
    }
  }

  private decode(stored: StoredEvent): Decoded[] {
    const dash = stored.stream.indexOf('-');
    const category = stored.stream.slice(0, dash);
    if (dash < 0 || !this.categories.has(category)) return [];
    const { id: eventId, position } = stored;
    const at = { category, subject: stored.stream.slice(dash + 1), position, eventId };
    try {
      const recorded = decodeEvent(stored, this.sources.upcasts);
      if (recorded) return [{ prepared: at, recorded: this.sealed(recorded) }];
      return [{ prepared: { ...at, kind: 'foreign', event: foreignEvent(stored, at.subject) }, recorded: undefined }];
    } catch (error) {
      return [{ prepared: { ...at, kind: 'unreadable', error: error as Error }, recorded: undefined }];
    }
  }

  /** The event with those of its parts only that somebody wants opened. */
  private sealed(recorded: RecordedEvent): RecordedEvent {
    const wanted = this.wanted.get(recorded.type);
    const parts = Object.entries(recorded.personal).filter(([part]) => wanted?.has(part));
    return { ...recorded, personal: Object.fromEntries(parts) };
  }

  private async open(
    decoded: readonly Decoded[],
    findErased: FindErasedKeys,
    erased: ReadonlySet<string> = new Set(),
  ): Promise<Prepared[]> {
    const toOpen = decoded.flatMap(({ recorded }) => (recorded ? [withoutErased(recorded, erased)] : []));
    const opened = await this.openAll(toOpen, findErased);
    let next = 0;
    return decoded.map(({ prepared, recorded }): Prepared => {
      if ('kind' in prepared) return prepared;
      const event = opened[next++]!;
      if (event instanceof Error) return { ...prepared, kind: 'unreadable', error: event };
      const gone = Object.entries(recorded!.personal).filter(([, { keyId }]) => erased.has(keyId));
      const erasures = Object.fromEntries(gone.map(([part]) => [part, { erased: true }] as const));
      return { ...prepared, kind: 'event', event: projected(prepared, event, erasures) };
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

const isDamage = (error: unknown): error is Error => error instanceof AlteredPart || error instanceof WrongKey;

const projected = (
  { subject, position }: Place,
  event: OpenedEvent,
  erasures: Readonly<Record<string, OpenedPart>>,
): ProjectedEvent => ({
  id: event.id,
  stream: event.stream,
  subject,
  revision: event.revision,
  position: Number(position.prepare),
  type: event.type,
  data: event.data,
  personal: { ...event.personal, ...erasures },
  meta: event.meta,
});

type Place = Pick<Prepared, 'category' | 'subject' | 'position' | 'eventId'>;

interface Decoded {
  readonly prepared: Place | Prepared;
  readonly recorded: RecordedEvent | undefined;
}

const recordedOnly = (decoded: readonly Decoded[]): RecordedEvent[] =>
  decoded.flatMap(({ recorded }) => recorded ?? []);

function withoutErased(event: RecordedEvent, erased: ReadonlySet<string>): RecordedEvent {
  if (erased.size === 0) return event;
  const kept = Object.entries(event.personal).filter(([, { keyId }]) => !erased.has(keyId));
  return { ...event, personal: Object.fromEntries(kept) };
}

const foreignEvent = (stored: StoredEvent, subject: string): ForeignEvent => ({
  subject,
  revision: Number(stored.revision),
  position: Number(stored.position.prepare),
  createdAt: instant(stored.createdMs),
});
