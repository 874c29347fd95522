import { Following, orNone, type StoredEvent } from '#event-store';
import { CommandExecutor, type Executed, type ExecutorPorts } from '#execution';
import {
  decodeEvent,
  newId,
  isRefusal,
  type Acceptance,
  type Actor,
  type Instant,
  type Recorded,
  type Refusal,
} from '#kernel';
import type { Posts } from '#policy';
import { deciderOf, type OrganisationCommand } from './structure/commands.js';
import type { OrganisationEvent, RecordedOrganisationEvent } from './structure/events.js';
import { Register } from './structure/register.js';
import {
  ORGANISATION_ID,
  ORGANISATION_STREAM,
  organisationAggregate,
  type OrganisationState,
} from './structure/state.js';

export interface OrganisationPorts extends Pick<ExecutorPorts<never, null>, 'store' | 'vault' | 'clock'> {
  readonly onFailure: (error: unknown) => void;
}

/** Who sends a command, and under which id, so that it is recognised when it comes again. */
export interface Origin {
  readonly actor: Actor;
  readonly commandId: string;
  readonly digest: string;
  readonly correlationId: string;
}

/** Two processes that open the stream at once: the one that comes second finds it open. */
const ATTEMPTS = 3;
/** Who holds a post is no matter of a pack. */
const NO_PACK = { pack: '-', version: '-', policy: null };

/**
 * O-1: units, posts, who holds them and who stands in, from the log, and what is recorded now. Whoever has read the same
 * events answers the same, and an answer for an instant leans on what was on record by then alone (EVENTS.md 14).
 */
export class Organisation implements Posts {
  private readonly executor: CommandExecutor<OrganisationState, OrganisationEvent, null>;
  private state = organisationAggregate.initial;
  private revision = -1;
  private current = new Register(organisationAggregate.initial);
  private readonly following: Following;

  private constructor(private readonly ports: OrganisationPorts) {
    this.executor = new CommandExecutor(organisationAggregate, { ...ports, policyFor: () => NO_PACK });
    this.following = new Following({
      clock: ports.clock,
      subscribe: () => {
        const after = this.revision < 0 ? ('start' as const) : BigInt(this.revision);
        return ports.store.subscribeToStream(ORGANISATION_STREAM, { after });
      },
      take: async (subscription) => {
        for await (const message of subscription) if (message.kind === 'event') this.take(message.event);
      },
      // A log that ends while nobody follows it any more has not failed.
      onFailure: (error) => this.following.isStopped || ports.onFailure(error),
    });
  }

  /** Reads what the log holds and follows it from there, whoever writes. */
  static async open(ports: OrganisationPorts): Promise<Organisation> {
    const organisation = new Organisation(ports);
    await organisation.refresh();
    organisation.following.start();
    return organisation;
  }

  /** What is on record by now. */
  get register(): Register {
    if (this.current.state !== this.state) this.current = new Register(this.state);
    return this.current;
  }

  holders(post: string, unit: string | undefined, at: Instant): readonly string[] {
    return this.register.answering(post, unit, { at, known: at });
  }

  knowsUnit(unit: string, at: Instant): boolean {
    const { register } = this;
    return !register.namesUnits(at) || register.unit(unit, { at, known: at }) !== undefined;
  }

  units(at: Instant): readonly string[] {
    return this.register.units({ at, known: at }).map(({ unit }) => unit);
  }

  /** @returns what the command's decider refuses, and what the executor does */
  async execute({ name, command }: OrganisationCommand, origin: Origin): Promise<Executed | Refusal> {
    for (let attempt = 1; ; attempt++) {
      const create = (await this.executor.load(ORGANISATION_ID)) === undefined;
      const request = { id: ORGANISATION_ID, create, decide: deciderOf(name), command, ...origin };
      const outcome = await this.executor.execute(request);
      if (isRefusal(outcome) && outcome.code === 'ALREADY_EXISTS' && attempt < ATTEMPTS) continue;
      // Who records something need not wait to hear of it from the log.
      await this.refresh();
      return outcome;
    }
  }

  /** What would become of commands one after another, without recording anything. */
  trial(): (order: OrganisationCommand, actor: Actor) => Acceptance<OrganisationEvent> | Refusal {
    let { state } = this;
    const at = this.ports.clock.now();
    return ({ name, command }, actor) => {
      const facts = { at, actor, policy: null, newId, newKey: newId };
      const decision = deciderOf(name)(command, state, facts);
      if (isRefusal(decision)) return decision;
      for (const event of decision.events) state = organisationAggregate.evolve(state, tried(event, at));
      return decision;
    };
  }

  /** All that was ever recorded, in order. */
  async history(): Promise<readonly RecordedOrganisationEvent[]> {
    return (await this.read(0)).flatMap((event) => decodeEvent(event, organisationAggregate.upcasts) ?? []) as never;
  }

  async close(): Promise<void> {
    await this.following.stop();
  }

  private async refresh(): Promise<void> {
    for (const event of await this.read(this.revision + 1)) this.take(event);
  }

  private read(from: number): Promise<StoredEvent[]> {
    return orNone(this.ports.store.readStream(ORGANISATION_STREAM, { from: BigInt(from) }));
  }

  private take(stored: StoredEvent): void {
    const revision = Number(stored.revision);
    if (revision <= this.revision) return;
    this.revision = revision;
    const event = decodeEvent(stored, organisationAggregate.upcasts);
    if (event !== undefined) this.state = organisationAggregate.evolve(this.state, event as RecordedOrganisationEvent);
  }
}

/** An event as the fold would meet it, had it been recorded. */
const tried = (event: OrganisationEvent, recordedAt: Instant): Recorded<OrganisationEvent> =>
  ({ type: event.type, data: event.data, meta: { recordedAt } }) as Recorded<OrganisationEvent>;
