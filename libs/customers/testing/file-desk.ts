import {
  ENGINE,
  isRefusal,
  type Actor,
  type Instant,
  type JsonObject,
  type Recorded,
  type RecordedEvent,
  type Refusal,
} from '#kernel';
import type { Policy } from '#policy';
import { customerAggregate } from '../aggregate.js';
import type { CustomerDecide } from '../command.js';
import type { CustomerEvent, RecordedCustomerEvent } from '../events.js';
import type { CustomerState } from '../state.js';

export const agent: Actor = { id: 'li', role: 'agent', unit: 'service-centre' };
export const supervisor: Actor = { id: 'wang', role: 'supervisor', unit: 'service-centre' };

interface Sent {
  readonly at?: Instant;
  readonly actor?: Actor;
}

/** An executor without a store: one customer's file, in memory and in the order of the real one. Ids count upwards. */
export class FileDesk {
  readonly events: RecordedCustomerEvent[] = [];
  state: CustomerState = customerAggregate.initial;
  private ids = 0;

  constructor(
    readonly policy: Policy,
    private now: Instant,
  ) {}

  /** Sends a command after all that was due was settled. @returns what the sender is told, or the refusal */
  send<C>(decide: CustomerDecide<C>, command: C, { at = this.now, actor = agent }: Sent = {}): JsonObject | Refusal {
    this.passes(at);
    const decision = decide(command, this.state, this.facts(actor));
    if (isRefusal(decision)) return decision;
    for (const event of decision.events) {
      const refusal = this.add(event, actor);
      if (refusal !== undefined) return refusal;
    }
    return decision.result;
  }

  /** The same where the command must be taken. */
  does<C>(decide: CustomerDecide<C>, command: C, sent: Sent = {}): JsonObject {
    const answer = this.send(decide, command, sent);
    if (isRefusal(answer)) throw new Error(`refused: ${answer.code} ${JSON.stringify(answer.facts)}`);
    return answer;
  }

  /** Lets time pass, and all that was due before be settled. */
  passes(until: Instant): this {
    this.now = until;
    const facts = this.facts(ENGINE);
    for (let due = customerAggregate.settle(this.state, until, facts); due.length > 0;) {
      for (const event of due) this.add(event, ENGINE);
      due = customerAggregate.settle(this.state, until, facts);
    }
    return this;
  }

  /** Puts an event on record just as it is, and what follows from it. */
  records(event: CustomerEvent): this {
    this.add(event, ENGINE);
    return this;
  }

  /** The visits as `visit occurrence state opensAt`, without those of the past that were called off. */
  visits(): readonly string[] {
    return this.state.visits
      .filter(({ state }) => state !== 'cancelled')
      .map(({ visit, occurrence, state, opensAt }) => `${visit} ${occurrence} ${state} ${opensAt.slice(0, 10)}`);
  }

  /** The duties of the file that were not called off, as `duty state dueAt`, with `missed` where it was not met in time. */
  duties(): readonly string[] {
    return this.state.duties
      .filter(({ state }) => state !== 'cancelled')
      .map(({ duty, state, dueAt, missed }) => `${duty} ${state} ${dueAt}${missed ? ' missed' : ''}`);
  }

  private add(event: CustomerEvent, actor: Actor): Refusal | undefined {
    const recorded = this.recorded(event, actor);
    this.events.push(recorded);
    this.state = customerAggregate.evolve(this.state, recorded);
    const followers = customerAggregate.follow(this.state, recorded, this.facts(actor));
    if (isRefusal(followers)) return followers;
    for (const follower of followers) this.add(follower, actor);
    return undefined;
  }

  private recorded(event: CustomerEvent, actor: Actor): Recorded<CustomerEvent> {
    const { id: pack, version } = this.policy;
    const recorded: RecordedEvent = {
      id: `event-${this.events.length}`,
      stream: 'customer-1',
      revision: this.events.length,
      type: event.type,
      data: event.data,
      personal: {},
      meta: {
        v: 1,
        actor,
        occurredAt: event.occurredAt ?? this.now,
        recordedAt: this.now,
        correlationId: 'test',
        command: { id: `command-${this.events.length}`, digest: '' },
        policy: { pack, version },
        prev: '',
        hash: '',
      },
    };
    return recorded as Recorded<CustomerEvent>;
  }

  private facts(actor: Actor) {
    const next = (): string => `id-${++this.ids}`;
    return { at: this.now, actor, policy: this.policy, newId: next, newKey: next };
  }
}
