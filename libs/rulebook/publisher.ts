import { createHash } from 'node:crypto';
import { CommandExecutor, type Aggregate, type Executed, type ExecutorPorts } from '#execution';
import {
  ENGINE,
  isRefusal,
  newId,
  refuse,
  type Actor,
  type Decide,
  type DomainEvent,
  type Instant,
  type Refusal,
} from '#kernel';
import { prepareCalendar } from '#calendar';
import { Calendars, loadPack, WrongPack, type Policy } from '#policy';
import {
  calendarAggregate,
  publishCalendar,
  recordRecomputation,
  type CalendarEvent,
  type CountryCalendar,
  type RecordRecomputation,
} from './calendars/calendar-stream.js';
import type { GivenYears } from './calendars/given-years.js';
import {
  policyAggregate,
  publishPolicy,
  type Notice,
  type PackHistory,
  type PolicyEvent,
  type PublishPolicy,
} from './policies/policy-stream.js';
import { nameStream, STREAMS_ID, streamsAggregate, type RuleStreams, type StreamsEvent } from './streams.js';

export type PublisherPorts = Pick<ExecutorPorts<never, null>, 'store' | 'vault' | 'clock'>;

/** Who publishes, and under which command, so that it is recognised when it comes again. */
export interface Origin {
  readonly actor: Actor;
  readonly commandId: string;
  readonly digest: string;
  readonly correlationId: string;
}

/** What the engine does by itself. */
export const byEngine = (): Origin => ({
  actor: ENGINE,
  commandId: newId(),
  digest: '',
  correlationId: 'rulebook',
});

/** A pack as somebody gives it. */
export interface GivenPack {
  readonly text: string;
  readonly fileName: string;
  readonly effectiveFrom?: Instant;
}

/** Two processes that open one stream at once: the one that comes second finds it open. */
const ATTEMPTS = 3;
/** Rules about rules are not in a pack. */
const NO_PACK = { pack: '-', version: '-', policy: null };

/** Writes calendars and packs into the log. Whoever follows the log learns of them there. */
export class Publisher {
  private readonly streams: CommandExecutor<RuleStreams, StreamsEvent, null>;
  private readonly calendars: CommandExecutor<CountryCalendar, CalendarEvent, null>;
  private readonly policies: CommandExecutor<PackHistory, PolicyEvent, null>;

  constructor(private readonly ports: PublisherPorts) {
    this.streams = this.executorOf(streamsAggregate);
    this.calendars = this.executorOf(calendarAggregate);
    this.policies = this.executorOf(policyAggregate);
  }

  /**
   * K-10.
   * @param known the countries that have a calendar; of others only those can get one that have no holidays by rule
   * @returns what `publishCalendar` refuses, and COUNTRY_HAS_RULES
   */
  async calendar(
    given: GivenYears,
    origin: Origin,
    { known, fromTheBeginning = false }: { readonly known: readonly string[]; readonly fromTheBeginning?: boolean },
  ): Promise<Executed | Refusal> {
    if (!fromTheBeginning && !known.includes(given.country) && hasRules(given.country)) {
      return refuse('COUNTRY_HAS_RULES', { country: given.country, published: known });
    }
    const id = given.country.toLowerCase();
    await this.name(`${calendarAggregate.category}-${id}`);
    return this.send(this.calendars, id, publishCalendar, { ...given, fromTheBeginning }, origin);
  }

  /** Notes that all provisional deadlines were counted again. */
  recomputed(country: string, command: RecordRecomputation): Promise<Executed | Refusal> {
    return this.send(this.calendars, country.toLowerCase(), recordRecomputation, command, byEngine());
  }

  /** @returns what `publishPolicy` refuses, and PACK_WRONG with every fault as `file:line:column path: reason` */
  async policy(given: GivenPack, origin: Origin, calendars: Calendars): Promise<Executed | Refusal> {
    const policy = read(given, calendars);
    if (isRefusal(policy)) return policy;
    const { text, effectiveFrom } = given;
    const { id, version } = policy;
    const notice = noticeOf(policy);
    const command: PublishPolicy = {
      pack: id,
      version,
      text,
      sha256: createHash('sha256').update(text).digest('hex'),
      ...(notice === undefined ? {} : { notice }),
      ...(effectiveFrom === undefined ? {} : { effectiveFrom }),
    };
    await this.name(`${policyAggregate.category}-${id}`);
    return this.send(this.policies, id, publishPolicy, command, origin);
  }

  private async name(stream: string): Promise<void> {
    const named = (await this.streams.load(STREAMS_ID))?.state.streams.includes(stream);
    if (named === true) return;
    const outcome = await this.send(this.streams, STREAMS_ID, nameStream, { stream }, byEngine());
    if (isRefusal(outcome)) throw new Error(`${stream} cannot be named: ${outcome.code}`);
  }

  private async send<C, S, E extends DomainEvent>(
    executor: CommandExecutor<S, E, null>,
    id: string,
    decide: Decide<C, S, E, null>,
    command: C,
    origin: Origin,
  ): Promise<Executed | Refusal> {
    for (let attempt = 1; ; attempt++) {
      const create = (await executor.load(id)) === undefined;
      const outcome = await executor.execute({ id, create, decide, command, ...origin });
      const again = isRefusal(outcome) && outcome.code === 'ALREADY_EXISTS' && attempt < ATTEMPTS;
      if (!again) return outcome;
    }
  }

  private executorOf<S, E extends DomainEvent>(aggregate: Aggregate<S, E, null>): CommandExecutor<S, E, null> {
    return new CommandExecutor(aggregate, { ...this.ports, policyFor: () => NO_PACK });
  }
}

/** A country whose holidays follow from rules needs nobody to announce them. */
const hasRules = (country: string): boolean =>
  !isRefusal(prepareCalendar({ zone: 'UTC', week: { mon: [['00:00', '24:00']] }, country }, []));

function read({ text, fileName }: GivenPack, calendars: Calendars): Policy | Refusal {
  try {
    return loadPack(text, fileName, calendars);
  } catch (error) {
    if (error instanceof WrongPack) return refuse('PACK_WRONG', { faults: error.faults });
    throw error;
  }
}

function noticeOf({ notice }: Policy): Notice | undefined {
  if (notice === undefined) return undefined;
  const { period, source } = notice;
  // The schema takes elapsed time only.
  const durationMs = 'durationMs' in period ? period.durationMs : 0;
  return { period: period.text, durationMs, source };
}
