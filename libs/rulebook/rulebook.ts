import { SNAPSHOTS, type Snapshot } from '#calendar';
import type { Executed } from '#execution';
import { isRefusal, START, type Instant, type JsonObject, type Refusal } from '#kernel';
import { loadPack, shippedPacks, type PackText, type Policy } from '#policy';
import { readGivenYears } from './calendars/given-years.js';
import { byEngine, Publisher, type GivenPack, type Origin, type PublisherPorts } from './publisher.js';
import type { Opening, PublishedVersion, Register } from './register.js';
import { RulesOnRecord } from './rules-on-record.js';

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

/** What rules are in force when, from the log: holidays and packs as they were published, and what is published now. */
export class Rulebook {
  private readonly publisher: Publisher;
  private readonly onRecord: RulesOnRecord;

  private constructor(private readonly ports: RulebookPorts) {
    this.publisher = new Publisher(ports);
    this.onRecord = new RulesOnRecord(ports);
  }

  /**
   * Reads what the log holds, records what came with the engine and the log does not know, and follows the log from there.
   * @throws Error where there is no pack of the name that rules by default; WrongPack where one on record cannot be read
   */
  static async open(ports: RulebookPorts): Promise<Rulebook> {
    const rulebook = new Rulebook(ports);
    const after = (await ports.store.head()) ?? START;
    await rulebook.onRecord.readAll();
    const isNew = rulebook.register.versions().size === 0;
    await rulebook.publishShipped(ports.shipped ?? SHIPPED(), isNew);
    const versions = rulebook.register.versions();
    if (!versions.has(ports.pack)) {
      throw new UnknownPack(`There is no pack "${ports.pack}"; there are ${[...versions.keys()].join(', ')}.`);
    }
    rulebook.onRecord.follow(after);
    return rulebook;
  }

  get register(): Register {
    return this.onRecord.register;
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
    await this.onRecord.refresh(`calendar-${years.country.toLowerCase()}`);
    return outcome;
  }

  /** @returns what `Publisher.policy` refuses */
  async publishPolicy(given: GivenPack, origin: Origin): Promise<Executed | Refusal> {
    const outcome = await this.publisher.policy(given, origin, this.register.calendars);
    if (!isRefusal(outcome)) await this.onRecord.refresh(`policy-${String(outcome.result['pack'])}`);
    return outcome;
  }

  /** Notes on record that every provisional deadline was counted again by what was published. */
  async recomputed(country: string, counts: { calendar: string; cases: number; moved: number }): Promise<void> {
    const outcome = await this.publisher.recomputed(country, counts);
    if (isRefusal(outcome)) throw new Error(`not noted: ${outcome.code}`);
    await this.onRecord.refresh(`calendar-${country.toLowerCase()}`);
  }

  /** Calls back when something was published, here or by another process. @returns how to end that */
  onPublished(listener: () => void): () => void {
    return this.onRecord.onPublished(listener);
  }

  close(): Promise<void> {
    return this.onRecord.close();
  }

  private countries(): string[] {
    return [...new Set(this.register.publications().map(({ snapshot: { country } }) => country))];
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
    await this.onRecord.refresh(`policy-${id}`);
  }

  private async record(stream: string, publish: () => Promise<Executed | Refusal>): Promise<void> {
    const outcome = await publish();
    if (isRefusal(outcome))
      this.ports.log.warn(outcome.facts, `what came with the engine is left out: ${outcome.code}`);
    await this.onRecord.refresh(stream);
  }
}

/** The setting that names the pack of the desk names none that is published. */
export class UnknownPack extends Error {}
