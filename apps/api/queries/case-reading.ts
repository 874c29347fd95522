import {
  caseStream,
  dutiesOf,
  explainClocks,
  movesOf,
  type CaseState,
  type ClockExplanation,
  type RecordedCaseEvent,
} from '#cases';
import { StreamNotFound, type EventStore, type StoredEvent } from '#event-store';
import { decodeEvent, type Actor, type Clock, type Instant, type JsonObject, type RecordedEvent } from '#kernel';
import type { Policy } from '#policy';
import { rulesOfCase } from './case-rules.js';
import { repeatsOf } from './case-repeats.js';
import { erasedKeysIn, openParts, type LostKey, type Vault } from '#privacy';
import {
  asOf,
  caseDetail,
  changesBetween,
  settled,
  settledUpTo,
  timeline,
  told,
  type Change,
  type Order,
  type Told,
  type TimelineEntry,
} from '#views/case-replay';
import { caseAggregate } from '#cases';

export interface ReadingPorts {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly clock: Clock;
  /** The rules that a case is under. */
  readonly policyOf: (state: CaseState) => Policy;
  readonly onLost: (lost: LostKey) => void;
}

/** Who reads, and at which moment in which order. */
export interface Moment {
  readonly actor: Actor;
  /** Whether personal parts are opened for the reader. */
  readonly open: boolean;
  readonly by: Order;
  readonly asOf?: Instant;
}

interface Stream {
  readonly told: readonly Told[];
  /** Revisions of events that somebody else wrote into the stream (EVENTS.md 3). */
  readonly foreign: readonly number[];
}

export interface CaseExplained {
  readonly caseId: string;
  readonly ref: string;
  /** The moment that it speaks of. */
  readonly at: Instant;
  readonly by: Order;
  readonly items: readonly ClockExplanation[];
}

export interface StoredFile {
  readonly ciphertextSha256: string;
  readonly keyId: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly fileName: string;
}

/** Answers about one case from its own events: as it is, as it was, and how it came to be. */
export class CaseReading {
  constructor(private readonly ports: ReadingPorts) {}

  /** The case at a moment, all that was due by then settled (EVENTS.md 17); undefined where there is, or was, none. */
  async detail(caseId: string, moment: Moment): Promise<JsonObject | undefined> {
    const stream = await this.stream(caseId, moment.open);
    const events = asOf(stream?.told ?? [], moment.by, moment.asOf);
    if (stream === undefined || events.length === 0) return undefined;
    const reading = told(events);
    const state = this.settled(reading.state, moment.asOf ?? this.ports.clock.now());
    const policy = this.ports.policyOf(state);
    const moves = moment.asOf === undefined ? movesOf(state, { actor: moment.actor, policy }) : [];
    return {
      caseId,
      ref: refOf(caseId),
      ...caseDetail({ state, sheet: reading.sheet }),
      ...(stream.foreign.length === 0 ? {} : { foreign: stream.foreign }),
      legal: moves.filter(({ legal }) => legal).map(({ command }) => command),
      moves,
      rules: rulesOfCase(state, policy),
      duties: dutiesOf(state, policy, moment.asOf ?? this.ports.clock.now()),
      ...standing(events),
    };
  }

  /** K-9: every run of every clock at a moment, all that was due by then settled. */
  async explanation(
    caseId: string,
    { by, asOf: at }: Omit<Moment, 'actor' | 'open'>,
  ): Promise<CaseExplained | undefined> {
    const stream = await this.stream(caseId, false);
    const known = asOf(stream?.told ?? [], by, at);
    if (known.length === 0) return undefined;
    const until = at ?? this.ports.clock.now();
    const before = told(known).state;
    const policy = this.ports.policyOf(before);
    const { state, events: due } = settled(before, until, policy);
    const events = [...known.map(({ sealed }) => sealed as RecordedCaseEvent), ...due];
    return { caseId, ref: refOf(caseId), at: until, by, items: explainClocks({ events, state, policy, at: until }) };
  }

  async timeline(caseId: string, moment: Moment): Promise<TimelineEntry[] | undefined> {
    const stream = await this.stream(caseId, moment.open);
    return stream && timeline(asOf(stream.told, moment.by, moment.asOf));
  }

  /** what it is a repeat of, by which rule, and who found it; read from the record, matched nothing anew. */
  async repeats(caseId: string): Promise<JsonObject | undefined> {
    const stream = await this.stream(caseId, false);
    return stream && repeatsOf(stream.told, this.ports.policyOf(told(stream.told).state));
  }

  /** What differs between two moments, and the events that lie between them. */
  async changes(
    caseId: string,
    moment: Moment,
    span: { readonly from: Instant; readonly to: Instant },
  ): Promise<{ changes: readonly Change[]; entries: readonly TimelineEntry[] } | undefined> {
    const stream = await this.stream(caseId, moment.open);
    if (stream === undefined) return undefined;
    const [before, after] = [span.from, span.to].map((at) => asOf(stream.told, moment.by, at)) as [Told[], Told[]];
    const known = new Set(before.map(({ sealed }) => sealed.id));
    return {
      changes: changesBetween(this.at(before, span.from), this.at(after, span.to)),
      entries: timeline(after).filter(({ id }) => !known.has(id)),
    };
  }

  async attachment(caseId: string, attachmentId: string): Promise<StoredFile | undefined> {
    const stream = await this.stream(caseId, true);
    const added = stream?.told.find(
      ({ sealed: { type, data } }) => type === 'AttachmentAdded' && data['attachmentId'] === attachmentId,
    );
    if (added === undefined) return undefined;
    const { data } = added.sealed as Extract<RecordedCaseEvent, { type: 'AttachmentAdded' }>;
    const name = added.shown.personal['fileName'];
    return {
      ...data,
      fileName: name !== undefined && 'value' in name && typeof name.value === 'string' ? name.value : 'attachment',
    };
  }

  private at(events: readonly Told[], at: Instant): JsonObject {
    if (events.length === 0) return {};
    const { state, sheet } = told(events);
    return caseDetail({ state: this.settled(state, at), sheet });
  }

  private settled(state: CaseState, at: Instant): CaseState {
    return settledUpTo(state, at, this.ports.policyOf(state));
  }

  private async stream(caseId: string, open: boolean): Promise<Stream | undefined> {
    const stored = await this.read(caseStream(caseId));
    if (stored === undefined) return undefined;
    const foreign: number[] = [];
    const events = stored.flatMap((event) => {
      const recorded = decodeEvent(event, caseAggregate.upcasts);
      if (recorded === undefined) foreign.push(Number(event.revision));
      return recorded ?? [];
    });
    return { told: open ? await this.opened(events) : withheld(events), foreign };
  }

  private async read(stream: string): Promise<StoredEvent[] | undefined> {
    try {
      return await this.ports.store.readStream(stream);
    } catch (error) {
      if (error instanceof StreamNotFound) return undefined;
      throw error;
    }
  }

  private async opened(events: readonly RecordedEvent[]): Promise<Told[]> {
    const { vault, onLost } = this.ports;
    const shown = await openParts(vault, async () => erasedKeysIn(events), events, onLost);
    return events.map((sealed, index) => ({ sealed, shown: shown[index]! }));
  }
}

/** What people call it on the phone: the first eight digits of the id, as on the board. */
export const refOf = (caseId: string): string => caseId.slice(0, 8).toUpperCase();

const withheld = (events: readonly RecordedEvent[]): Told[] =>
  events.map((sealed) => ({
    sealed,
    shown: {
      ...sealed,
      personal: Object.fromEntries(Object.keys(sealed.personal).map((part) => [part, { withheld: true as const }])),
    },
  }));

/** The ETag names the last revision that a person or another system caused, not the timer. */
function standing(events: readonly Told[]): { revision: number; etag: string } {
  const revisions = events.map(({ sealed }) => sealed.revision);
  const caused = events
    .filter(({ sealed }) => sealed.meta.actor.role !== 'engine')
    .map(({ sealed }) => sealed.revision);
  return { revision: Math.max(...revisions), etag: `"${Math.max(-1, ...caused)}"` };
}
