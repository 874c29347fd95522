import { isRefusal, type Instant, type JsonObject, type Refusal } from '#kernel';
import type { Posts } from '#policy';
import { deciderOf, type OrganisationCommandName, type OrganisationCommands } from '../structure/commands.js';
import type { OrganisationEvent, RecordedOrganisationEvent } from '../structure/events.js';
import { Register } from '../structure/register.js';
import { organisationAggregate } from '../structure/state.js';

const actor = { id: 'admin', role: 'administrator' as const };

/** An organisation without a log: everything in memory, decided and folded as in the engine. Ids count upwards. */
export class TestOrganisation implements Posts {
  now: Instant = '2026-01-01T00:00:00.000Z';
  readonly events: OrganisationEvent[] = [];
  private state = organisationAggregate.initial;
  private ids = 0;

  /** @returns what the sender is told, or the refusal, which leaves no trace */
  send<Name extends OrganisationCommandName>(name: Name, command: OrganisationCommands[Name]): JsonObject | Refusal {
    const newId = (): string => `id-${++this.ids}`;
    const facts = { at: this.now, actor, policy: null, newId, newKey: newId };
    const decision = deciderOf(name)(command, this.state, facts);
    if (isRefusal(decision)) return decision;
    for (const event of decision.events) {
      this.events.push(event);
      this.state = organisationAggregate.evolve(this.state, {
        type: event.type,
        data: event.data,
        meta: { recordedAt: this.now },
      } as RecordedOrganisationEvent);
    }
    return decision.result;
  }

  /** Sends a command that must be taken. */
  takes<Name extends OrganisationCommandName>(name: Name, command: OrganisationCommands[Name]): this {
    const outcome = this.send(name, command);
    if (isRefusal(outcome)) throw new Error(`${name} was refused: ${JSON.stringify(outcome)}`);
    return this;
  }

  /** The code under which a command is refused; undefined where it is not. */
  refuses<Name extends OrganisationCommandName>(name: Name, command: OrganisationCommands[Name]): string | undefined {
    const before = this.events.length;
    const outcome = this.send(name, command);
    if (this.events.length > before) return undefined;
    return isRefusal(outcome) ? outcome.code : undefined;
  }

  get register(): Register {
    return new Register(this.state);
  }

  holders(post: string, unit: string | undefined, at: Instant): readonly string[] {
    return this.register.answering(post, unit, { at, known: at });
  }

  knowsUnit(unit: string, at: Instant): boolean {
    return !this.register.namesUnits(at) || this.register.unit(unit, { at, known: at }) !== undefined;
  }

  units(at: Instant): readonly string[] {
    return this.register.units({ at, known: at }).map(({ unit }) => unit);
  }
}
