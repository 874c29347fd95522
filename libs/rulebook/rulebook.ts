import { SNAPSHOTS, type Snapshot } from '#calendar';
import { StreamNotFound, type StoredEvent, type Subscription } from '#event-store';
import type { Executed } from '#execution';
import {
  decodeEvent,
  isRefusal,
  plusMs,
  START,
  type Instant,
  type JsonObject,
  type Position,
  type Refusal,
} from '#kernel';
import { loadPack, shippedPacks, type PackText, type Policy } from '#policy';
import { readGivenYears } from './calendars/given-years.js';
import { byEngine, Publisher, type GivenPack, type Origin, type PublisherPorts } from './publisher.js';
import { inOrder, Register, type Opening, type PublishedVersion } from './register.js';

export interface RulebookPorts extends PublisherPorts {
  /** The pack of who names none. */
  readonly pack: string;
  readonly shipped?: { readonly snapshots: readonly Snapshot[]; readonly packs: readonly PackText[] };
  readonly log: {
    readonly warn: (facts: JsonObject, message: string) => void;
    readonly error: (error: unknown, message: string) => void;
  };
}

const SHIPPED = (): NonNullable<RulebookPorts['shipped']> => ({ snapshots: SNAPSHOTS, packs: shippedPacks() });
const STREAMS = 'rulebook-streams';
const PREFIXES = ['calendar-', 'policy-'];
/** How long to leave a log alone that does not answer. */
const REST_MS = 1000;

/** What rules are in force when, from the log: holidays and packs as they were published, and what is published now. */
export class Rulebook {
  readonly register = new Register();
  private readonly publisher: Publisher;
  private readonly listeners = new Set<() => void>();
  private subscription: Subscription | undefined;
  private following: Promise<void> = Promise.resolve();
  private closed = false;
  private wake: () => void = () => undefined;

  private constructor(private readonly ports: RulebookPorts) {
    this.publisher = new Publisher(ports);
  }

  /**
   * Reads what the log holds, records what came with the engine and the log does not know, and follows the log from there.
   * @throws Error where there is no pack of the name that rules by default; WrongPack where one on record cannot be read
   */
  static async open(ports: RulebookPorts): Promise<Rulebook> {
    const rulebook = new Rulebook(ports);
    const after = (await ports.store.head()) ?? START;
    const isNew = !(await rulebook.readAll());
    await rulebook.publishShipped(ports.shipped ?? SHIPPED(), isNew);
    const versions = rulebook.register.versions();
    if (!versions.has(ports.pack)) {
      throw new UnknownPack(`There is no pack "${ports.pack}"; there are ${[...versions.keys()].join(', ')}.`);
    }
    rulebook.following = rulebook.follow(after);
    return rulebook;
  }

  /** The pack of who names none. */
  get pack(): string {
    return this.ports.pack;
  }

  /** The version that rules a case; see `Register.ruling`. */
  ruling(
    under: { readonly pack: string; readonly version: string } | undefined,
    at: Instant,
    { pack = this.ports.pack, at: openedAt }: Opening = {},
  ): PublishedVersion | Refusal {
    return this.register.ruling(under, at, { pack, at: openedAt });
  }

  /** The rules of a case as it is read; undefined where this process has not heard of them yet. */
  policyOf(under: { readonly pack: string; readonly version: string } | undefined, at: Instant): Policy | undefined {
    if (under === undefined) return this.register.inForce(this.ports.pack, at)?.policy;
    return this.register.version(under.pack, under.version)?.policy;
  }

  /** K-10: years that were announced, as an operator gives them. @returns CALENDAR_WRONG and what `Publisher.calendar` refuses */
  async publishCalendar(given: unknown, origin: Origin): Promise<Executed | Refusal> {
    const years = readGivenYears(given);
    if (isRefusal(years)) return years;
    const outcome = await this.publisher.calendar(years, origin, { known: this.countries() });
    await this.refresh(`calendar-${years.country.toLowerCase()}`);
    return outcome;
  }

  /** @returns what `Publisher.policy` refuses */
  async publishPolicy(given: GivenPack, origin: Origin): Promise<Executed | Refusal> {
    const outcome = await this.publisher.policy(given, origin, this.register.calendars);
    if (!isRefusal(outcome)) await this.refresh(`policy-${String(outcome.result['pack'])}`);
    return outcome;
  }

  /** Notes on record that every provisional deadline was counted again by what was published. */
  async recomputed(country: string, counts: { calendar: string; cases: number; moved: number }): Promise<void> {
    const outcome = await this.publisher.recomputed(country, counts);
    if (isRefusal(outcome)) throw new Error(`not noted: ${outcome.code}`);
    await this.refresh(`calendar-${country.toLowerCase()}`);
  }

  /** Calls back when something was published, here or by another process. @returns how to end that */
  onPublished(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.subscription?.close();
    this.wake();
    await this.following;
  }

  private countries(): string[] {
    return [...new Set(this.register.publications().map(({ snapshot: { country } }) => country))];
  }

  /** @returns whether the log holds any rules */
  private async readAll(): Promise<boolean> {
    const named = (await this.read(STREAMS)).flatMap((event) => decodeEvent(event, {}) ?? []);
    const streams = named.map(({ data }) => String(data['stream']));
    const events = await Promise.all(streams.map((stream) => this.read(stream)));
    for (const event of inOrder(events.flat())) this.register.take(event);
    return this.register.versions().size > 0;
  }

  /** What another engine or an operator published stands; what came with this engine besides is added. */
  private async publishShipped(shipped: NonNullable<RulebookPorts['shipped']>, isNew: boolean): Promise<void> {
    for (const { country, source, years: all, published } of shipped.snapshots) {
      const years = Object.fromEntries(published.map((year) => [year, all[year]!]));
      const given = { country, source, years, corrects: [] };
      const options = { known: [country], fromTheBeginning: isNew };
      await this.record(`calendar-${country.toLowerCase()}`, () => this.publisher.calendar(given, byEngine(), options));
    }
    for (const pack of shipped.packs) await this.publishShippedPack(pack);
  }

  /** An upgrade of the engine changes nobody's rules: a newer version of a pack is published by who answers for it. */
  private async publishShippedPack(pack: PackText): Promise<void> {
    const versions = this.register.versions();
    if ([...versions.values()].flat().some(({ text }) => text === pack.text)) return;
    const { id, version } = loadPack(pack.text, pack.fileName, this.register.calendars);
    if (versions.has(id)) {
      const facts = { pack: id, version, known: versions.get(id)!.map((it) => it.version) };
      return this.ports.log.warn(
        facts,
        'the engine brings other rules than those on record; redress policy publish takes them',
      );
    }
    const outcome = await this.publisher.policy(pack, byEngine(), this.register.calendars);
    if (isRefusal(outcome)) throw new Error(`${pack.fileName} cannot be published: ${JSON.stringify(outcome)}`);
    await this.refresh(`policy-${id}`);
  }

  private async record(stream: string, publish: () => Promise<Executed | Refusal>): Promise<void> {
    const outcome = await publish();
    if (isRefusal(outcome))
      this.ports.log.warn(outcome.facts, `what came with the engine is left out: ${outcome.code}`);
    await this.refresh(stream);
  }

  /** Takes in what is new in a stream at once: who publishes does not wait to hear of it from the log. */
  private async refresh(stream: string): Promise<void> {
    for (const event of await this.read(stream, this.register.takenOf(stream) + 1)) this.take(event);
  }

  private async read(stream: string, from = 0): Promise<StoredEvent[]> {
    try {
      return await this.ports.store.readStream(stream, { from: BigInt(from) });
    } catch (error) {
      if (error instanceof StreamNotFound) return [];
      throw error;
    }
  }

  private take(event: StoredEvent): void {
    try {
      if (!this.register.take(event)) return;
    } catch (error) {
      // Another engine published what this one cannot read: cases under it wait for an upgrade, all others go on.
      this.ports.log.error(error, `a rule in ${event.stream} cannot be read by this engine: upgrade it`);
    }
    for (const listener of this.listeners) listener();
  }

  private async follow(from: Position): Promise<void> {
    for (let after = from; !this.closed;) {
      try {
        this.subscription = this.ports.store.subscribeToAll({
          after: after === START ? 'start' : after,
          filter: { streamPrefixes: PREFIXES },
        });
        for await (const message of this.subscription) {
          if (message.kind === 'event') this.take(message.event);
          if (message.kind === 'event') after = message.event.position;
          if (message.kind === 'checkpoint') after = message.position;
        }
      } catch (error) {
        if (this.closed) return;
        this.ports.log.error(error, 'the rulebook lost the log and will try again');
        await this.rest();
      }
    }
  }

  private rest(): Promise<void> {
    const { clock } = this.ports;
    return new Promise((resolve) => {
      const cancel = clock.wakeAt(plusMs(clock.now(), REST_MS), resolve);
      this.wake = () => (cancel(), resolve());
    });
  }
}

/** The setting that names the pack of the desk names none that is published. */
export class UnknownPack extends Error {}
