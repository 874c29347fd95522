import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import type { DifferenceSum } from '#cases';
import { isRefusal, parseInstant, type Actor, type Instant, type Refusal } from '#kernel';
import { SourceUnreadable } from '#import';
import { FileUnreadable, type ImportSummary } from '#organisation';
import {
  importCustomers,
  type CustomerImportOrder,
  type CustomerImportSummary,
} from '../api/customers/import-customers.js';
import { Engine } from '../api/engine/engine.js';
import type { ImportResult } from '../api/import/import-cases.js';
import type { JobState } from '#jobs';
import type { GroupName } from '#event-store';
import type { GroupOrder, ShownGroup, ShownGroupDetails } from '../api/operations/consumer-desk.js';
import type { ShownJob } from '../api/operations/job-desk.js';
import type { ShownNotice } from '../api/automations/notifications.js';
import { importFile, type ImportOrder } from '../api/organisation/sending.js';
import { Shown, type Finding, type ShownOrganisation } from '../api/organisation/shown.js';
import type { CaseExplained } from '../api/queries/case-reading.js';
import { withNames, type TimelineEntry } from '../api/queries/timeline.js';
import { readSettings, type Settings } from '../api/start-up/settings.js';
import { Telemetry } from '../api/telemetry.js';
import type { Executed } from '#execution';
import { byEngine, type Origin } from '#rulebook';
import { PROJECTIONS } from '#views';
import { problemOf, ProblemError } from '../api/http/problems.js';
import type { WhatIf, WhatIfAsked } from '../api/rules/what-if.js';
import { shownCalendar, shownPacks, type ShownCalendar, type ShownPack } from '../api/rules/shown.js';
import { needKeeper, viewsAreKept } from './shared-views.js';
import {
  ASK_AGAIN_MS,
  CliError,
  refused,
  type AskedMoment,
  type EngineClient,
  type GivenPack,
  type Published,
  type TimelineOrder,
} from './client.js';
import type { ImportsClient } from './imports-client.js';
import { localImports } from './local-imports.js';

/** The engine itself in this process, for a folder that no server holds. */
export class LocalClient implements EngineClient {
  readonly imports: ImportsClient;
  private readonly correlationId = `cli-${randomUUID()}`;

  private constructor(
    private readonly engine: Engine,
    private readonly actor: Actor,
  ) {
    this.imports = localImports(engine, actor);
  }

  /** @throws FolderInUse, and what a start refuses */
  static async open(folder: string): Promise<LocalClient> {
    const read = readSettings({ ...process.env, REDRESS_DATA: folder });
    // Beside processes that share the log it does what it is asked, and leaves all other work and the views to them.
    const settings = read.eventStoreUrl === undefined ? read : await besideOthers(read);
    const logger = pino({ level: 'silent' });
    const engine = await Engine.open(settings, { logger, telemetry: new Telemetry(), bootstrap: false, notify: false });
    return new LocalClient(engine, await engine.operator.actor());
  }

  async timeline(caseId: string, order: TimelineOrder): Promise<readonly TimelineEntry[]> {
    const moment = { actor: this.actor, open: true, ...momentOf(order) };
    const entries = await this.engine.reading.timeline(caseId, moment);
    return withNames(known(caseId, entries), this.engine.directory);
  }

  async explanation(caseId: string, order: TimelineOrder): Promise<CaseExplained> {
    return known(caseId, await this.engine.reading.explanation(caseId, momentOf(order)));
  }

  importCases(cases: readonly object[]): Promise<readonly ImportResult[]> {
    return this.engine.imports.importCases(cases, this.actor, this.correlationId);
  }

  async rebuild(view: string): Promise<void> {
    const names = PROJECTIONS.map(({ name }) => name);
    if (!names.includes(view)) throw refused(problemOf({ code: 'PROJECTION_NOT_FOUND', facts: { names } }));
    await this.needViews();
    await this.engine.projector.rebuild(view);
  }

  async organisation({ at, known }: AskedMoment): Promise<ShownOrganisation> {
    return this.shown(this.instantOf(at), this.instantOf(known)).organisation();
  }

  async checkOrganisation(): Promise<readonly Finding[]> {
    const now = this.engine.clock.now();
    return this.shown(now, now).findings(this.engine.policy);
  }

  async importOrganisation(order: ImportOrder): Promise<ImportSummary> {
    try {
      return await importFile(order, this.engine, { actor: this.actor, correlationId: this.correlationId });
    } catch (error) {
      if (error instanceof FileUnreadable) throw new CliError(`FILE_UNREADABLE: ${error.message}`);
      throw error;
    }
  }

  async importCustomers(order: CustomerImportOrder): Promise<CustomerImportSummary> {
    try {
      return await importCustomers(order, this.engine, { actor: this.actor, correlationId: this.correlationId });
    } catch (error) {
      if (error instanceof SourceUnreadable) throw new CliError(`FILE_UNREADABLE: ${error.message}`);
      throw error;
    }
  }

  notifications(state: string | undefined): Promise<readonly ShownNotice[]> {
    return this.engine.notifications.list(state as ShownNotice['state'] | undefined, undefined, 200);
  }

  async retryNotifications(messageId: string | undefined): Promise<number> {
    const answer = await this.engine.notifications.retry(messageId);
    if (isRefusal(answer)) throw new CliError(`${answer.code}: ${JSON.stringify(answer.facts)}`);
    return answer.retried;
  }

  jobs(queue: string | undefined, state: string | undefined): Promise<readonly ShownJob[]> {
    const filter = { ...(queue !== undefined && { queue }), ...(state !== undefined && { state: state as JobState }) };
    return this.engine.jobs.list(filter, 200);
  }

  async retryJobs(id: string | undefined, queue: string | undefined): Promise<number> {
    const answer = await this.engine.jobs.retry({ id, queue });
    if (isRefusal(answer)) throw new CliError(`${answer.code}: ${JSON.stringify(answer.facts)}`);
    return answer.retried;
  }

  consumerGroups(): Promise<readonly ShownGroup[]> {
    return this.engine.consumers.list();
  }

  consumerGroup(group: GroupName): Promise<ShownGroupDetails> {
    return this.engine.consumers.show(group);
  }

  async createConsumerGroup(order: GroupOrder): Promise<ShownGroupDetails> {
    try {
      return await this.engine.consumers.create(order);
    } catch (error) {
      if (error instanceof ProblemError) throw refused({ ...error, detail: error.message });
      throw error;
    }
  }

  replayParked(group: GroupName): Promise<number> {
    return this.engine.consumers.replay(group);
  }

  deleteConsumerGroup(group: GroupName): Promise<void> {
    return this.engine.consumers.delete(group);
  }

  async publishCalendar(given: unknown): Promise<Published> {
    return published(await this.engine.rulebook.publishCalendar(given, this.origin()));
  }

  calendars(): Promise<readonly ShownCalendar[]> {
    const progress = this.engine.automations.recomputing.progress();
    return Promise.resolve(this.engine.rulebook.register.publications().map((it) => shownCalendar(it, progress)));
  }

  async publishPack({ text, fileName, effectiveFrom }: GivenPack): Promise<Published> {
    const at = effectiveFrom === undefined ? undefined : parseInstant(effectiveFrom);
    if (effectiveFrom !== undefined && at === undefined)
      throw new CliError(`${effectiveFrom} is no instant with an offset.`);
    const pack = { text, fileName, ...(at === undefined ? {} : { effectiveFrom: at }) };
    return published(await this.engine.rulebook.publishPolicy(pack, this.origin()));
  }

  async whatIf(asked: WhatIfAsked, told: (sum: DifferenceSum) => void): Promise<WhatIf> {
    await this.needViews();
    const begun = await this.engine.whatIfs.ask({ ...asked, ...instantsOf(asked) });
    if (isRefusal(begun)) throw refused(problemOf(begun));
    // Where no worker runs beside it, the command line does the work itself.
    this.engine.workOnLongJobs();
    for (let answer: WhatIf = begun; ; answer = (await this.engine.whatIfs.get(begun.id))!) {
      told(answer.sum);
      if (answer.state !== 'running') return answer;
      await delay(ASK_AGAIN_MS);
    }
  }

  packs(): Promise<readonly ShownPack[]> {
    return Promise.resolve(shownPacks(this.engine.rulebook, this.engine.clock.now()));
  }

  packText(pack: string, version: string): Promise<string> {
    const found = this.engine.rulebook.register.version(pack, version);
    return found === undefined
      ? Promise.reject(refused(problemOf({ code: 'POLICY_NOT_FOUND', facts: { pack, version } })))
      : Promise.resolve(found.text);
  }

  /** @throws CliError NO_WORKER where they are shared and nobody keeps them */
  private async needViews(): Promise<void> {
    const { eventStoreUrl, databaseUrl } = this.engine.settings;
    if (eventStoreUrl !== undefined) await needKeeper(databaseUrl!);
  }

  private origin(): Origin {
    return { ...byEngine(), actor: this.actor, correlationId: this.correlationId };
  }

  now(): Promise<string> {
    return Promise.resolve(this.engine.time.clock.now());
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  private shown(at: Instant, known: Instant): Shown {
    return new Shown(this.engine.organisation.register, this.engine.directory, { at, known });
  }

  private instantOf(text: string | undefined): Instant {
    const at = text === undefined ? this.engine.clock.now() : parseInstant(text);
    if (at === undefined) throw new CliError(`${text} is no instant with an offset, e.g. 2026-01-05T08:00:00+08:00.`);
    return at;
  }
}

/** Views that nobody keeps are not waited for: most commands need none. */
async function besideOthers(read: Settings): Promise<Settings> {
  const isKept = await viewsAreKept(read.databaseUrl!);
  return { ...read, role: 'api', ...(!isKept && { projections: 'pause' }) };
}

/** @throws CliError where it is no instant */
function momentOf({ by, asOf }: TimelineOrder): TimelineOrder {
  if (asOf === undefined) return { by };
  const at = parseInstant(asOf);
  if (at === undefined) throw new CliError(`"${asOf}" is no instant: write it like 2026-01-05T08:00:00+08:00.`);
  return { by, asOf: at };
}

function known<T>(caseId: string, found: T | undefined): T {
  if (found === undefined) throw new CliError(`There is no case ${caseId}.`);
  return found;
}

function published(outcome: Executed | Refusal): Published {
  if (isRefusal(outcome)) throw refused(problemOf(outcome));
  const { result, position, repeated } = outcome;
  return { ...result, known: repeated || result['known'] === true, position };
}

/** @throws CliError where one of them is no instant */
function instantsOf({ from, to }: WhatIfAsked): { from?: Instant; to?: Instant } {
  const read = (text: string): Instant => {
    const at = parseInstant(text);
    if (at === undefined) throw new CliError(`"${text}" is no instant: write it like 2026-01-05T08:00:00+08:00.`);
    return at;
  };
  return { ...(from === undefined ? {} : { from: read(from) }), ...(to === undefined ? {} : { to: read(to) }) };
}
