import {
  ENGINE,
  isRefusal,
  type Acceptance,
  type Actor,
  type Facts,
  type Instant,
  type JsonObject,
  type Recorded,
  type RecordedEvent,
  type Refusal,
} from '#kernel';
import { NOBODY, type Policy, type Posts } from '#policy';
import type { CaseDecide } from '../command.js';
import { plainPack } from './plain-pack.js';
import { caseAggregate, type CaseEvent, type CaseState, type RecordedCaseEvent } from '../domain/index.js';

/** Monday morning in Shanghai. */
export const MONDAY: Instant = '2026-01-05T01:00:00.000Z';

export const agent: Actor = { id: 'li', role: 'agent', unit: 'service-centre' };
export const supervisor: Actor = { id: 'wang', role: 'supervisor', unit: 'service-centre' };
export const administrator: Actor = { id: 'admin', role: 'administrator' };

export const by = (id: string, role: Actor['role'] = 'agent', key?: string): Actor => ({
  id,
  role,
  ...(key === undefined ? {} : { key }),
});

/** An organisation in which every post is held: by who is called its head. */
export const HEADED: Posts = { ...NOBODY, holders: (post) => [`head of ${post}`] };

export interface Sent {
  readonly actor?: Actor;
  readonly at?: Instant;
}

/** An executor without a store: one case, everything in memory and in the order of the real one. Ids count upwards. */
export class Desk {
  events: RecordedCaseEvent[] = [];
  state: CaseState = caseAggregate.initial;
  now = MONDAY;
  private ids = 0;

  /** @param others to which a case can be moved */
  constructor(
    readonly policy: Policy = plainPack,
    private readonly others: readonly Policy[] = [],
  ) {}

  /** Puts events on record just as they are: nothing is decided and nothing follows. */
  record(...events: readonly CaseEvent[]): this {
    for (const event of events) this.fold(event, { actor: agent, historical: false });
    return this;
  }

  /** @returns what the sender is told, or the refusal, which leaves no trace */
  send<C>(decide: CaseDecide<C>, command: C, { actor = agent, at = this.now }: Sent = {}): JsonObject | Refusal {
    if (at < this.now) throw new RangeError('recorded time never falls');
    const before = { events: [...this.events], state: this.state, now: this.now, ids: this.ids };
    this.now = at;
    this.settle(at);
    const decision = decide(command, this.state, this.factsOf(actor));
    const refusal = isRefusal(decision) ? decision : this.take(decision, actor);
    if (refusal !== undefined) return Object.assign(this, before) && refusal;
    return (decision as Acceptance<CaseEvent>).result;
  }

  private take(decision: Acceptance<CaseEvent>, actor: Actor): Refusal | undefined {
    const historical = decision.historical === true;
    for (const event of decision.events) {
      if (historical && event.occurredAt !== undefined) this.settle(event.occurredAt, true);
      const refusal = this.add(event, { actor, historical });
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** A timer asks to settle, or something else does. */
  settle(until: Instant, historical = false): void {
    if (until > this.now) this.now = until;
    for (;;) {
      const due = caseAggregate.settle(this.state, until, this.factsOf(ENGINE));
      if (due.length === 0) return;
      for (const event of due) this.add(event, { actor: ENGINE, historical });
    }
  }

  private add(event: CaseEvent, cause: { actor: Actor; historical: boolean }): Refusal | undefined {
    const pending = [event];
    for (let count = 0; pending.length > 0; count++) {
      if (count > 200) throw new Error(`what follows from ${event.type} does not come to rest`);
      const recorded = this.fold(pending.shift()!, cause);
      const followers = caseAggregate.follow(this.state, recorded, this.factsOf(cause.actor));
      if (isRefusal(followers)) return followers;
      pending.unshift(...followers);
    }
    return undefined;
  }

  private fold(event: CaseEvent, cause: { actor: Actor; historical: boolean }): RecordedCaseEvent {
    const recorded = recordedEvent(event, { ...cause, revision: this.events.length, at: this.now });
    this.events.push(recorded);
    this.state = caseAggregate.evolve(this.state, recorded);
    return recorded;
  }

  /** Behind an event that moves the case to another version that one rules, as in the executor. */
  private get ruling(): Policy {
    const { pack, version } = this.state.policy ?? {};
    return this.others.find((it) => it.id === pack && it.version === version) ?? this.policy;
  }

  factsOf(actor: Actor): Facts<Policy> {
    return {
      at: this.now,
      actor,
      policy: this.ruling,
      newId: () => `id-${++this.ids}`,
      newKey: () => `key-${++this.ids}`,
    };
  }
}

interface Recording {
  readonly actor: Actor;
  readonly historical: boolean;
  readonly revision: number;
  readonly at: Instant;
}

/** An event as it would be read from the log; parts keep their keys, what is sealed in them is left out. */
export function recordedEvent(event: CaseEvent, { actor, historical, revision, at }: Recording): RecordedCaseEvent {
  const personal: Record<string, RecordedEvent['personal'][string]> = {};
  for (const [part, secret] of Object.entries(event.personal ?? {})) {
    if (secret === undefined) continue;
    const { keyId, mentions } = secret;
    personal[part] = { keyId, ...(mentions === undefined ? {} : { mentions }), nonce: '', ciphertext: '' };
  }
  const recorded: RecordedEvent = {
    id: `event-${revision}`,
    stream: 'case-1',
    revision,
    type: event.type,
    data: event.data ?? {},
    personal,
    meta: {
      v: 1,
      actor,
      occurredAt: event.occurredAt ?? at,
      recordedAt: at,
      correlationId: 'test',
      command: { id: 'test', digest: '' },
      policy: { pack: 'group', version: '1' },
      ...(historical ? { historical: true as const } : {}),
      prev: '',
      hash: '',
    },
  };
  return recorded as Recorded<CaseEvent>;
}
