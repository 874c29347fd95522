import { LRUCache } from 'lru-cache';
import { sealMetadata } from '#audit';
import {
  StoreUnavailable,
  StreamNotFound,
  WrongExpectedRevision,
  type AppendResult,
  type EventStore,
  type NewEvent,
} from '#event-store';
import {
  encodeData,
  isRefusal,
  isWellFormed,
  laterOf,
  newId,
  positionToken,
  refuse,
  type Actor,
  type Clock,
  type Decide,
  type DomainEvent,
  type Instant,
  type JsonObject,
  type RecordedEvent,
  type Refusal,
  type SealedPart,
} from '#kernel';
import type { PartToSeal, Vault } from '#privacy';
import type { Aggregate } from './aggregate.js';
import { Draft, type DraftedEvent, type Ruling } from './draft.js';
import { advance, emptyHead, foldStream, SETTLEMENT, type Folded, type StreamHead, type TakenCommand } from './fold.js';

export interface ExecutorPorts<S, P> {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly clock: Clock;
  /**
   * The policy that rules a stream: the version in force when it was opened (EVENTS.md 18), which the state tells; for a
   * stream that is not open yet by the command that opens it. A refusal refuses the command.
   */
  readonly policyFor: (state: S, at: Instant, command?: unknown) => Ruling<P> | Refusal;
}

export interface Request<C, S, E extends DomainEvent, P> {
  /** The stream is `<category>-<id>`. */
  readonly id: string;
  /** Whether the command opens a new stream. */
  readonly create?: boolean;
  readonly decide: Decide<C, S, E, P>;
  readonly command: C;
  readonly commandId: string;
  /** Keyed digest of the body as it was sent (EVENTS.md 2). */
  readonly digest: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId?: string;
  /** The `etag` that the sender believes in; not checked where left out. */
  readonly ifMatch?: number;
}

export interface Executed {
  readonly revision: number;
  readonly etag: number;
  /** Position token of the last event written. */
  readonly position: string;
  readonly result: JsonObject;
  /** The command had been taken before: nothing was written now. */
  readonly repeated: boolean;
}

interface Attempt<S> {
  readonly stream: string;
  readonly folded: Folded<S>;
}

const ATTEMPTS = 16;
const RESENDS = 3;
/** Cases that are being worked on; more would live long enough to burden every collection of garbage. */
const CACHED_STREAMS = 4_000;

/**
 * The one place that loads, folds, settles, decides, seals, chains and appends, and tries again on conflict.
 * Refusals of its own: NOT_FOUND, ALREADY_EXISTS, IDEMPOTENCY_KEY_REUSED, PRECONDITION_FAILED, CLOCK_JUMPED,
 * MALFORMED_TEXT, CONFLICT.
 */
export class CommandExecutor<S, E extends DomainEvent, P> {
  private readonly cache = new LRUCache<string, Folded<S>>({ max: CACHED_STREAMS });
  /** The last command under way per stream: commands of one stream take turns, so that they do not race each other here. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly aggregate: Aggregate<S, E, P>,
    private readonly ports: ExecutorPorts<S, P>,
  ) {}

  /** The stream as it stands, undefined where there is none. */
  async load(id: string): Promise<Folded<S> | undefined> {
    const stream = this.streamOf(id);
    const cached = this.cache.get(stream);
    try {
      if (cached && (await this.isCurrent(stream, cached))) return cached;
      const folded = foldStream(this.aggregate, await this.ports.store.readStream(stream), this.ports.store.epoch);
      this.cache.set(stream, folded);
      return folded;
    } catch (error) {
      if (error instanceof StreamNotFound) return undefined;
      throw error;
    }
  }

  /** Where others write the log, what is remembered of a stream is compared with it: nobody is refused by what was. */
  private async isCurrent(stream: string, { head }: Folded<S>): Promise<boolean> {
    if (!this.ports.store.isShared) return true;
    const newer = await this.ports.store.readStream(stream, { from: BigInt(head.revision) + 1n, maxCount: 1 });
    return newer.length === 0;
  }

  async execute<C>(request: Request<C, S, E, P>): Promise<Executed | Refusal> {
    const before = this.turns.get(request.id);
    const turn = before === undefined ? this.attempt(request) : before.then(() => this.attempt(request));
    const settled = turn.catch(() => undefined);
    this.turns.set(request.id, settled);
    try {
      return await turn;
    } finally {
      if (this.turns.get(request.id) === settled) this.turns.delete(request.id);
    }
  }

  private async attempt<C>(request: Request<C, S, E, P>): Promise<Executed | Refusal> {
    if (!isWellFormed(request.command)) return refuse('MALFORMED_TEXT');
    const stream = this.streamOf(request.id);
    for (let attempt = 1; attempt <= ATTEMPTS;) {
      // A stream that is to be opened is believed to be new until the store says otherwise: that saves a read per case.
      const loaded = request.create && attempt === 1 ? this.cache.get(stream) : await this.load(request.id);
      const refusal = this.preconditions(request, loaded);
      if (refusal) return refusal;
      const taken = loaded?.head.commands.get(request.commandId);
      if (taken) return recognise(request.digest, taken);
      const folded = loaded ?? { state: this.aggregate.initial, head: emptyHead() };
      const outcome = await this.decideAndAppend(request, { stream, folded });
      if (outcome === 'conflict') attempt++;
      else if (outcome !== 'settled') return outcome;
    }
    return refuse('CONFLICT', { attempts: ATTEMPTS });
  }

  private preconditions<C>(request: Request<C, S, E, P>, loaded: Folded<S> | undefined): Refusal | undefined {
    if (loaded === undefined) return request.create ? this.clockRefusal() : refuse('NOT_FOUND', { id: request.id });
    if (loaded.head.commands.has(request.commandId)) return undefined;
    if (request.create && loaded.head.commands.size > 0) return refuse('ALREADY_EXISTS', { id: request.id });
    if (request.ifMatch !== undefined && request.ifMatch !== loaded.head.etag) {
      return refuse('PRECONDITION_FAILED', { sent: request.ifMatch, current: loaded.head.etag });
    }
    return this.clockRefusal();
  }

  /** EVENTS.md 19: while time cannot be trusted, settling and writing wait. */
  private clockRefusal(): Refusal | undefined {
    const jump = this.ports.clock.suspended;
    return jump && refuse('CLOCK_JUMPED', { driftMs: jump.driftMs, noticedAt: jump.noticedAt });
  }

  private async decideAndAppend<C>(
    request: Request<C, S, E, P>,
    at: Attempt<S>,
  ): Promise<Executed | Refusal | 'conflict' | 'settled'> {
    const { folded, stream } = at;
    await this.ports.vault.ready();
    const now = laterOf(this.ports.clock.now(), folded.head.recordedAt);
    const { policyFor } = this.ports;
    const ruling = policyFor(folded.state, now, request.command);
    if (isRefusal(ruling)) return ruling;
    const facts = {
      at: now,
      actor: request.actor,
      policy: ruling.policy,
      newId,
      newKey: () => this.ports.vault.newKey(),
    };
    const rules = { first: ruling, after: (state: S) => policyFor(state, now, request.command) };
    const draft = new Draft(this.aggregate, stream, folded, request, facts, rules);
    if (!draft.settle(now)) {
      // More is due than one append takes (EVENTS.md 13): what was settled stands, whatever becomes of the command.
      const appended = await this.append(at, draft.events, {});
      if (appended === 'conflict') return 'conflict';
      this.cache.set(stream, { state: draft.state, head: appended });
      return 'settled';
    }
    const decision = request.decide(request.command, draft.state, facts);
    if (isRefusal(decision)) return decision;
    const refusal = draft.decide(decision.events, decision.historical === true);
    if (refusal) return refusal;
    if (draft.events.length === 0) return answer(folded.head, decision.result);
    const appended = await this.append(at, draft.events, decision.result);
    if (appended === 'conflict') return 'conflict';
    // Imported cases are mostly over: they would only push out those that are being worked on.
    if (decision.historical === true) this.cache.delete(stream);
    else this.cache.set(stream, { state: draft.state, head: appended });
    return answer(appended, decision.result);
  }

  private async append(
    at: Attempt<S>,
    drafted: readonly DraftedEvent[],
    result: JsonObject,
  ): Promise<StreamHead | 'conflict'> {
    const { folded, stream } = at;
    const sealed = await this.sealed(drafted);
    let { hash } = folded.head;
    const hashes: string[] = [];
    const recorded = drafted.map((event, index) =>
      index === drafted.length - 1 ? withResult(event.recorded, result) : event.recorded,
    );
    const encoded: NewEvent[] = recorded.map((event, index) => {
      const data = encodeData(event.data, sealed[index]);
      const closed = sealMetadata({ ...event, data }, metadataText(event, hash));
      hash = closed.hash;
      hashes.push(hash);
      return { id: event.id, type: event.type, contentType: 'application/json', data, metadata: closed.metadata };
    });
    try {
      const appended = await this.send(stream, folded.head.revision, encoded);
      const position = positionToken(this.ports.store.epoch, appended.position);
      return recorded.reduce((head, event, index) => advance(head, event, hashes[index]!, position), folded.head);
    } catch (error) {
      this.cache.delete(stream);
      if (error instanceof WrongExpectedRevision) return 'conflict';
      throw error;
    }
  }

  /** An answer that did not come is asked for again with identical bytes: the store recognises them (EVENT_STORE.md 7). */
  private async send(stream: string, revision: number, events: readonly NewEvent[]): Promise<AppendResult> {
    for (let resend = 1; ; resend++) {
      try {
        return await this.ports.store.append(stream, revision < 0 ? 'no_stream' : BigInt(revision), events);
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || !error.ambiguous || resend === RESENDS) throw error;
      }
    }
  }

  private async sealed(drafted: readonly DraftedEvent[]): Promise<(Record<string, SealedPart> | undefined)[]> {
    const parts: PartToSeal[] = drafted.flatMap(({ recorded, personal }) =>
      Object.entries(personal).map(([part, secret]) => ({ eventId: recorded.id, part, secret })),
    );
    if (parts.length === 0) return drafted.map(() => undefined);
    const sealed = await this.ports.vault.seal(parts);
    let next = 0;
    return drafted.map(({ personal }) => {
      const names = Object.keys(personal);
      return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, sealed[next++]!]));
    });
  }

  private streamOf(id: string): string {
    return `${this.aggregate.category}-${id}`;
  }
}

const answer = (head: StreamHead, result: JsonObject): Executed => ({
  revision: head.revision,
  etag: head.etag,
  position: head.position,
  result,
  repeated: false,
});

/** EVENTS.md 2: the same command gives the first outcome; the same id with another body is refused. */
function recognise(digest: string, taken: TakenCommand): Executed | Refusal {
  if (digest !== taken.digest) return refuse('IDEMPOTENCY_KEY_REUSED');
  const { revision, etag, position, result } = taken;
  return { revision, etag, position, result, repeated: true };
}

/** The last event of a command carries what its sender was told, so that a repetition is told the same. */
function withResult(recorded: RecordedEvent, result: JsonObject): RecordedEvent {
  if (recorded.meta.command.id === SETTLEMENT || Object.keys(result).length === 0) return recorded;
  return { ...recorded, meta: { ...recorded.meta, command: { ...recorded.meta.command, result } } };
}

/** The metadata as they are stored, without the hash that closes them (EVENTS.md 3). */
function metadataText(recorded: RecordedEvent, prev: string): string {
  const { hash: _hash, ...open } = recorded.meta;
  return JSON.stringify({ ...open, prev });
}
