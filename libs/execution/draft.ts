import {
  ENGINE,
  isRefusal,
  newId,
  presentVersion,
  type DomainEvent,
  type EventMetadata,
  type Facts,
  type Instant,
  type Recorded,
  type RecordedEvent,
  type Refusal,
  type Secret,
} from '#kernel';
import type { Aggregate } from './aggregate.js';
import { SETTLEMENT, type Folded } from './fold.js';

/** Who and what stands behind the events of one append. */
export interface Origin {
  readonly commandId: string;
  readonly digest: string;
  readonly correlationId: string;
  readonly causationId?: string;
}

/** A version of a policy pack, and the rules that it holds. */
export interface Ruling<P> {
  readonly pack: string;
  readonly version: string;
  readonly policy: P;
}

/** Which version rules follows from the state: behind an event that moves a stream to another one, that one rules. */
export interface Rules<S, P> {
  readonly first: Ruling<P>;
  after(state: S): Ruling<P> | Refusal;
}

/** An event of a draft: recorded but for its seal, with its personal parts still in the open. */
export interface DraftedEvent {
  readonly recorded: RecordedEvent;
  readonly personal: Readonly<Record<string, Secret>>;
}

/**
 * Why an event is recorded. What the engine settles looks the same under whatever command it came due: it carries the
 * engine as its actor and a command id of its own (EVENTS.md 12).
 */
interface Cause<P> {
  readonly facts: Facts<P>;
  readonly settled: boolean;
  readonly historical: boolean;
}

/** More settlement than this goes on in the next append (EVENTS.md 13). */
const SETTLEMENTS_PER_APPEND = 500;
/** What follows from what follows must come to rest long before this. */
const FOLLOWERS_PER_EVENT = 200;

/**
 * The events of one append while they come about: each is folded at once, so that what follows sees what led to it.
 * Nothing is written before the draft is complete; a refusal drops it.
 */
export class Draft<S, E extends DomainEvent, P> {
  readonly events: DraftedEvent[] = [];
  state: S;
  private revision: number;
  private ruling: Ruling<P>;

  constructor(
    private readonly aggregate: Aggregate<S, E, P>,
    private readonly stream: string,
    folded: Folded<S>,
    private readonly origin: Origin,
    private readonly facts: Facts<P>,
    private readonly rules: Rules<S, P>,
  ) {
    this.ruling = rules.first;
    this.state = folded.state;
    this.revision = folded.head.revision;
  }

  /**
   * Settles all that was due strictly before `until` (EVENTS.md 12).
   * @returns false where the limit per append was reached and more is due
   */
  settle(until: Instant, historical = false): boolean {
    const cause: Cause<P> = { facts: { ...this.facts, actor: ENGINE }, settled: true, historical };
    for (let count = 0; count < SETTLEMENTS_PER_APPEND;) {
      const due = this.aggregate.settle(this.state, until, this.ruled(cause.facts));
      if (due.length === 0) return true;
      for (const event of due) {
        const refusal = this.add(event, cause);
        if (refusal) throw new Error(`what follows from the settlement of ${event.type} was refused: ${refusal.code}`);
      }
      count += due.length;
    }
    return false;
  }

  /** Adds what a command decided, and what follows from it; a refusal of what follows refuses the command. Imported history is settled up to each event by the instant it happened (EVENTS.md 18). */
  decide(events: readonly E[], historical: boolean): Refusal | undefined {
    const cause: Cause<P> = { facts: this.facts, settled: false, historical };
    for (const event of events) {
      while (historical && event.occurredAt !== undefined && !this.settle(event.occurredAt, true));
      const refusal = this.add(event, cause);
      if (refusal) return refusal;
    }
    return undefined;
  }

  private add(event: E, cause: Cause<P>): Refusal | undefined {
    const pending: E[] = [event];
    for (let count = 0; pending.length > 0; count++) {
      if (count > FOLLOWERS_PER_EVENT) throw new Error(`what follows from ${event.type} does not come to rest`);
      const recorded = this.record(pending.shift()!, cause);
      this.state = this.aggregate.evolve(this.state, recorded);
      const ruling = this.rules.after(this.state);
      if (isRefusal(ruling)) return ruling;
      this.ruling = ruling;
      // What follows from an event stands right behind it, before the followers of its elder siblings.
      const followers = this.aggregate.follow(this.state, recorded, this.ruled(cause.facts));
      if (isRefusal(followers)) return followers;
      pending.unshift(...followers);
    }
    return undefined;
  }

  private ruled(facts: Facts<P>): Facts<P> {
    const { policy } = this.ruling;
    return facts.policy === policy ? facts : { ...facts, policy };
  }

  private record(event: E, cause: Cause<P>): Recorded<E> {
    this.revision += 1;
    const personal = definedParts(event.personal);
    const recorded: RecordedEvent = {
      id: newId(),
      stream: this.stream,
      revision: this.revision,
      type: event.type,
      data: event.data ?? {},
      personal: unsealed(personal),
      meta: this.metadata(event, cause),
    };
    this.events.push({ recorded, personal });
    return recorded as Recorded<E>;
  }

  private metadata(event: E, { facts, settled, historical }: Cause<P>): EventMetadata {
    const { origin } = this;
    const from = settled ? { commandId: SETTLEMENT, digest: '', correlationId: this.stream } : origin;
    return {
      v: presentVersion(this.aggregate.upcasts, event.type),
      actor: facts.actor,
      occurredAt: event.occurredAt ?? facts.at,
      recordedAt: facts.at,
      correlationId: from.correlationId,
      ...(settled || origin.causationId === undefined ? {} : { causationId: origin.causationId }),
      command: { id: from.commandId, digest: from.digest },
      policy: { pack: this.ruling.pack, version: this.ruling.version },
      ...(historical ? { historical: true as const } : {}),
      // Both are known when the event is sealed.
      prev: '',
      hash: '',
    };
  }
}

/** Most events have no personal part. */
const NO_PARTS: Readonly<Record<string, never>> = {};

function definedParts(personal: DomainEvent['personal']): Readonly<Record<string, Secret>> {
  if (personal === undefined) return NO_PARTS;
  const parts: Record<string, Secret> = {};
  for (const name in personal) {
    const secret = personal[name];
    if (secret !== undefined) parts[name] = secret;
  }
  return parts;
}

/** The fold sees whose keys stand in an event and whom its texts mention, as it will when it reads the stored one; never a word. */
function unsealed(personal: Readonly<Record<string, Secret>>): RecordedEvent['personal'] {
  if (personal === NO_PARTS) return NO_PARTS;
  const parts: Record<string, RecordedEvent['personal'][string]> = {};
  for (const name in personal) {
    const { keyId, mentions } = personal[name]!;
    parts[name] = { keyId, ...(mentions === undefined ? {} : { mentions }), nonce: '', ciphertext: '' };
  }
  return parts;
}
