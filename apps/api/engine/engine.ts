import { setTimeout as delay } from 'node:timers/promises';
import { CASE_STREAM_PREFIX, caseAggregate } from '#cases';
import type { EventStore } from '#event-store';
import { CommandExecutor } from '#execution';
import type { Carrier } from '#jobs';
import { comparePositions, START, type Clock, type ClockWatcher, type Position } from '#kernel';
import type { Directory, FirstAdministrator, Organisation } from '#organisation';
import type { Policy } from '#policy';
import type { AttachmentStore, LostKey, StreamVault, Vault } from '#privacy';
import { openEmbeddedAttachments } from '#privacy/embedded';
import type { Rulebook } from '#rulebook';
import { LongJobDesk } from '../../worker/long-job-desk.js';
import type { Projector } from '../../worker/projector.js';
import { Automations } from '../automations/automations.js';
import type { CheckpointPlace } from '../automations/checkpoint.js';
import { ConsumerDesk } from '../operations/consumer-desk.js';
import { Customers } from '../customers/customers.js';
import type { CaseExecutor } from './executor.js';
import { Feed } from '../feed/reading.js';
import type { Gatekeeper } from '../http/access.js';
import { ProblemError } from '../http/problems.js';
import { CaseImport } from '../import/import-cases.js';
import { ImportJobs } from '../import/import-jobs.js';
import { JobDesk } from '../operations/job-desk.js';
import { LocalOperator } from './local-operator.js';
import type { LogClock } from './log-clock.js';
import type { Notifications } from '../automations/notifications.js';
import { packOfUnit, ruledWith } from '../organisation/composition.js';
import { openParts, type Parts, type Surroundings } from './parts.js';
import { CaseReading } from '../queries/case-reading.js';
import { packInForce, policyOf, ruledBy } from '../rules/composition.js';
import { WhatIfs } from '../rules/what-if.js';
import type { Settings } from '../start-up/settings.js';
import type { ViewAccess } from './view-access.js';

export type { Surroundings } from './parts.js';

/** How long a read waits for the position it asks for. */
const WAIT_FOR_VIEW_MS = 5000;
/** How long the log may take to say that it is there; what is asked of it is tried for longer. */
const STORE_ANSWERS_MS = 2000;

/** The whole engine on one folder, without HTTP: the API and the command line compose the same one. */
export class Engine {
  readonly executor: CaseExecutor;
  readonly feed: Feed;
  readonly reading: CaseReading;
  readonly customers: Customers;
  readonly imports: CaseImport;
  readonly attachments: AttachmentStore;
  readonly gatekeeper: Gatekeeper;
  readonly operator: LocalOperator;
  readonly automations: Automations;
  readonly whatIfs = new WhatIfs(this);
  readonly importJobs = new ImportJobs(this);
  readonly jobs: JobDesk;
  readonly longJobs: LongJobDesk;
  readonly consumers: ConsumerDesk;
  private readonly unwatch: () => void;

  private constructor(
    readonly settings: Settings,
    private readonly parts: Parts,
    readonly firstAdministrator: FirstAdministrator | undefined,
    private readonly surroundings: Surroundings,
  ) {
    const { store, vault, time, directory, rulebook } = parts;
    const onLost = (lost: LostKey): void => this.alarm(lost);
    this.executor = this.executorOn(time.clock);
    this.feed = new Feed({ store, vault, upcasts: caseAggregate.upcasts, category: caseAggregate.category, onLost });
    this.reading = new CaseReading({
      store,
      vault,
      clock: time.clock,
      policyOf: (state) => this.parts.held(policyOf(rulebook, time.clock)(state)),
      onLost,
    });
    this.customers = new Customers(parts);
    this.imports = new CaseImport({ executor: this.executor, secret: (purpose) => vault.secret(purpose) });
    this.attachments = openEmbeddedAttachments({
      folder: settings.folder,
      vault,
      limitBytes: settings.attachmentLimitBytes,
    });
    this.gatekeeper = {
      byKey: (key) => directory.authenticate(key),
      bySession: (token) => directory.authenticateSession(token),
    };
    const { ledger } = parts;
    this.jobs = new JobDesk(ledger.jobs, time.clock, () => ledger.changed());
    this.longJobs = new LongJobDesk({ ledger, vault, clock: time.clock });
    this.consumers = new ConsumerDesk(store, this.feed);
    const help = 'Events that consumers of a group put aside';
    surroundings.telemetry.observe('redress_consumer_group_parked', help, 'group', () => this.consumers.parked());
    this.operator = new LocalOperator(directory);
    this.automations = new Automations(this, surroundings, parts.end);
    this.unwatch = time.system?.watch(this.clockWatcher()) ?? (() => undefined);
    if (this.works) this.automations.start();
  }

  /** @throws FolderInUse, WrongSettings, WrongMasterKey, MasterKeyUnusable, DatabaseUnusable, SchemaNewer */
  static async open(settings: Settings, surroundings: Surroundings): Promise<Engine> {
    const { parts, first } = await openParts(settings, surroundings);
    return new Engine(settings, parts, first, surroundings);
  }

  /** An executor that records under another clock than the engine's: what is told of the past is recorded in it. */
  executorOn(clock: Clock): CaseExecutor {
    const { store, vault, rulebook, organisation } = this.parts;
    const policyFor = ruledWith(this.parts.held, ruledBy(rulebook, packOfUnit(organisation)));
    return new CommandExecutor(caseAggregate, { store, vault, clock, policyFor });
  }

  /** The pack of the desk as it is in force now, with those who hold its posts. */
  get policy(): Policy {
    return this.parts.held(packInForce(this.rulebook, this.clock));
  }

  get organisation(): Organisation {
    return this.parts.organisation;
  }

  get clock(): Clock {
    return this.parts.time.clock;
  }

  get time(): LogClock {
    return this.parts.time;
  }

  get store(): EventStore {
    return this.parts.store;
  }

  get vault(): Vault & StreamVault {
    return this.parts.vault;
  }

  /** What rules are in force when. */
  get rulebook(): Rulebook {
    return this.parts.rulebook;
  }

  get directory(): Directory {
    return this.parts.directory;
  }

  /** Where automations keep how far they have come, and what they share with other processes. */
  get checkpoints(): CheckpointPlace {
    const { shared, end } = this.parts;
    return { folder: this.settings.folder, shared, epoch: this.store.epoch, head: end.head };
  }

  get carrier(): Carrier | undefined {
    return this.parts.carrier;
  }

  get notifications(): Notifications {
    return this.parts.notifications;
  }

  get projector(): Projector {
    return this.parts.viewAccess.projector;
  }

  /** The read side's tables. */
  get views(): ViewAccess['db'] {
    return this.parts.viewAccess.db;
  }

  get viewsReached(): Position {
    return this.parts.viewAccess.reached;
  }

  /** How far all views have come, as a token. */
  viewPosition(): string {
    return this.feed.tokenOf(this.viewsReached);
  }

  /**
   * Waits until the views have seen a position.
   * @throws ProblemError VIEW_BEHIND after five seconds, and what is wrong with the token
   */
  async reached(atLeast: string | undefined): Promise<void> {
    if (atLeast === undefined) return;
    const position = await this.feed.positionOf(atLeast);
    const arrived = await this.projector.waitFor(await this.seenByViews(position), WAIT_FOR_VIEW_MS);
    if (!arrived) throw new ProblemError('VIEW_BEHIND', { asked: atLeast, reached: this.viewPosition() });
  }

  /** As far as views will come to a position: system events behind the last event are none of theirs. */
  private async seenByViews(position: Position): Promise<Position> {
    if (comparePositions(position, this.viewsReached) <= 0) return position;
    const last = (await this.store.lastDelivered()) ?? START;
    return comparePositions(position, last) > 0 ? last : position;
  }

  /** Whether there is no case yet: the rules are on record before the first one. */
  async isEmpty(): Promise<boolean> {
    const subscription = this.store.subscribeToAll({ filter: { streamPrefixes: [CASE_STREAM_PREFIX] } });
    try {
      for await (const { kind } of subscription) {
        if (kind === 'event') return false;
        if (kind === 'caughtUp') break;
      }
      return true;
    } finally {
      subscription.close();
    }
  }

  async checks(): Promise<Readonly<Record<'store' | 'projections' | 'clock', 'up' | 'down'>>> {
    const storeUp = await Promise.race([
      this.store.head().then(
        () => true,
        () => false,
      ),
      delay(STORE_ANSWERS_MS, false, { ref: false }),
    ]);
    const stands =
      this.projector.failure() !== undefined || this.projector.status().some(({ state }) => state === 'stopped');
    const shown = (up: boolean): 'up' | 'down' => (up ? 'up' : 'down');
    return {
      store: shown(storeUp),
      projections: shown(!stands),
      clock: shown(this.time.clock.suspended === undefined),
    };
  }

  /** Tells other processes on this machine where the server is, and gives them a key of their own. */
  async announce(url: string): Promise<void> {
    if (this.settings.role !== 'worker')
      this.parts.lock.announce({ url, pid: process.pid, key: await this.operator.newKey() });
  }

  /** Something nobody waits for: its failure goes to the log. */
  background(what: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => this.surroundings.logger.error({ err: error }, `${what} failed`));
  }

  /** Does long jobs here, too, where this process was to answer only: for who asks one and may find nobody to do it. */
  workOnLongJobs(): void {
    if (!this.works) this.automations.workOnLongJobs();
  }

  /** Whether this process does by itself what there is to be done, and does not only answer. */
  private get works(): boolean {
    return this.settings.projections === 'run' && this.settings.role !== 'api';
  }

  /** Ends in the order in which nothing is left without what it needs. */
  async close(): Promise<void> {
    this.unwatch();
    await this.automations.stop();
    await this.operator.end();
    await this.notifications.close();
    await this.parts.ledger.close();
    await this.parts.carrier?.close();
    await this.parts.viewAccess.close();
    await this.organisation.close();
    await this.parts.rulebook.close();
    await this.store.close();
    await this.directory.close();
    await this.vault.close();
    await this.parts.shared?.close();
    this.parts.lock.release();
  }

  /** EVENTS.md 19: what fell due while time could not be trusted is settled as soon as it can be again. */
  private clockWatcher(): ClockWatcher {
    const { logger } = this.surroundings;
    const todo = 'the clock of the machine jumped: nothing is written until it agrees again or POST /clock/confirm';
    return {
      jumped: (jump) => logger.error(jump, todo),
      trusted: () => {
        logger.info('the clock can be trusted again: writing goes on');
        this.automations.arm();
      },
    };
  }

  private alarm(lost: LostKey): void {
    this.surroundings.telemetry.keyLost();
    this.surroundings.logger.error(lost, 'a key is missing though nobody erased it');
  }
}
