import type { Logger } from 'pino';
import type { KeepRepeats, RecomputeProvisional, SettleDue } from '#automations';
import { CASE_STREAM_PREFIX, caseAggregate } from '#cases';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '#event-store/embedded';
import { CommandExecutor } from '#execution';
import { START, type Clock, type ClockWatcher, type Position } from '#kernel';
import type { Directory, FirstAdministrator, Organisation } from '#organisation';
import { controlFile, openEmbeddedDirectory } from '#organisation/embedded';
import { openSharedDirectory } from '#organisation/postgres';
import type { Policy } from '#policy';
import type { AttachmentStore, LostKey } from '#privacy';
import { loadMasterKey, openEmbeddedAttachments, openEmbeddedVault, type EmbeddedVault } from '#privacy/embedded';
import type { Rulebook } from '#rulebook';
import type { Projector } from '../worker/projector.js';
import { awaitDatabase } from './await-database.js';
import { lockFolder, type FolderLock } from './data-folder.js';
import type { CaseExecutor } from './executor.js';
import { Feed } from './feed/reading.js';
import type { Gatekeeper } from './http/access.js';
import { ProblemError } from './http/problems.js';
import { CaseImport } from './import/import-cases.js';
import { LocalOperator } from './local-operator.js';
import { Notifications, rulesOf } from './notifications.js';
import { openClock, type LogClock } from './log-clock.js';
import { heldBy, openOrganisation, ruledWith } from './organisation/composition.js';
import { CaseReading } from './queries/case-reading.js';
import { keepRepeats, repeatsStatus } from './repeats.js';
import { openRulebook, packInForce, policyOf, ruledBy } from './rules/composition.js';
import { recomputeProvisional } from './rules/recompute.js';
import type { Settings } from './settings.js';
import type { Telemetry } from './telemetry.js';
import { settleDue } from './timer.js';
import { ViewAccess } from './view-access.js';

export interface Surroundings {
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** The command line leaves it to the server's first start to make the administrator, who is greeted there. */
  readonly bootstrap?: false;
  /** The command line leaves notifications to the server, which has the mail server's settings and goes on where it stood. */
  readonly notify?: false;
}

interface Parts {
  readonly lock: FolderLock;
  readonly time: LogClock;
  readonly vault: EmbeddedVault;
  readonly store: EmbeddedEventStore;
  readonly rulebook: Rulebook;
  readonly directory: Directory;
  readonly organisation: Organisation;
  readonly viewAccess: ViewAccess;
  /** Where the log ended when it was opened. */
  readonly head: Position;
  readonly notifications: Notifications;
}

/** How long a read waits for the position it asks for. */
const WAIT_FOR_VIEW_MS = 5000;

/** The whole engine on one folder, without HTTP: the API and the command line compose the same one. */
export class Engine {
  readonly executor: CaseExecutor;
  readonly feed: Feed;
  readonly reading: CaseReading;
  readonly imports: CaseImport;
  readonly attachments: AttachmentStore;
  readonly gatekeeper: Gatekeeper;
  readonly operator: LocalOperator;
  readonly timer: SettleDue;
  readonly repeats: KeepRepeats;
  private readonly held: (policy: Policy) => Policy;
  private readonly unwatch: () => void;
  readonly recomputing: RecomputeProvisional;

  private constructor(
    readonly settings: Settings,
    private readonly parts: Parts,
    readonly firstAdministrator: FirstAdministrator | undefined,
    private readonly surroundings: Surroundings,
  ) {
    const { store, vault, time, directory, rulebook } = parts;
    this.held = heldBy(parts.organisation);
    const onLost = (lost: LostKey): void => this.alarm(lost);
    this.executor = this.executorOn(time.clock);
    this.feed = new Feed({ store, vault, upcasts: caseAggregate.upcasts, category: caseAggregate.category, onLost });
    this.reading = new CaseReading({
      store,
      vault,
      clock: time.clock,
      policyOf: (state) => this.held(policyOf(rulebook, time.clock)(state)),
      onLost,
    });
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
    this.operator = new LocalOperator(directory);
    this.timer = settleDue(this, {
      onSettled: (outcome) => surroundings.telemetry.caseSettled(outcome),
      onFailure: (error) => surroundings.logger.error({ err: error }, 'the timer failed and will try again'),
    });
    this.repeats = keepRepeats(this, parts.head, {
      onFailure: (error) => surroundings.logger.error({ err: error }, 'matching repeats failed and will try again'),
    });
    const { telemetry } = surroundings;
    telemetry.observe('redress_automation_lag', 'Changes that wait for an automation', 'automation', async () => {
      const { name, lagChanges } = await repeatsStatus(this);
      return new Map(lagChanges === null ? [] : [[name, lagChanges]]);
    });
    this.projector.onAdvance(() => this.viewsMoved());
    this.projector.onStatus(() => this.repeats.arm());
    this.recomputing = recomputeProvisional(this, {
      onFailure: (error) =>
        surroundings.logger.error({ err: error }, 'deadlines could not be counted again; once more'),
    });
    this.unwatch = time.system?.watch(this.clockWatcher()) ?? (() => undefined);
    if (settings.projections === 'run') {
      this.viewsMoved();
      if (surroundings.notify !== false) this.notifications.start();
      rulebook.onPublished(() => this.recomputing.arm());
      this.recomputing.arm();
    }
  }

  /** @throws FolderInUse, WrongSettings, WrongMasterKey, MasterKeyUnusable, DatabaseUnusable, SchemaNewer */
  static async open(settings: Settings, surroundings: Surroundings): Promise<Engine> {
    const { folder } = settings;
    const lock = lockFolder(folder);
    const { logger, telemetry, bootstrap } = surroundings;
    const opened: { close(): Promise<void> }[] = [];
    const keep = <T extends { close(): Promise<void> }>(part: T): T => (opened.unshift(part), part);
    try {
      if (settings.databaseUrl !== undefined) await awaitDatabase(settings.databaseUrl, logger);
      const time = await openClock(folder, settings.testClock);
      const fromEnvironment = settings.masterKey;
      const masterKey = loadMasterKey({ folder, ...(fromEnvironment === undefined ? {} : { fromEnvironment }) });
      const vault = keep(await openEmbeddedVault({ folder, masterKey, pool: true, clock: time.clock }));
      const store = keep(await openEmbeddedEventStore({ folder }));
      const directory = keep(await openDirectory(settings, vault.secret('api-keys'), time.clock));
      const { adminKey, pack } = settings;
      const rulebook = keep(await openRulebook({ store, vault, clock: time.clock, pack }, logger));
      const organisation = keep(await openOrganisation({ store, vault, clock: time.clock }, logger));
      const first =
        bootstrap === false ? undefined : await directory.bootstrap(adminKey === undefined ? {} : { adminKey });
      const log = {
        info: (facts: object, message: string) => logger.info(facts, message),
        error: (facts: object, message: string) => logger.error(facts, message),
      };
      const onLost = (): void => telemetry.keyLost();
      const { databaseUrl, projections } = settings;
      const viewAccess = keep(
        await ViewAccess.open({ folder, databaseUrl, masterKey, log, onLost }, projections === 'pause'),
      );
      const secret = vault.secret('notifications');
      const notifications = keep(
        await Notifications.open({
          ...{ settings, reader: store, clock: time.clock, directory, secret, logger },
          rules: rulesOf(rulebook),
        }),
      );
      const head = (await store.head()) ?? START;
      const parts = { lock, time, vault, store, rulebook, directory, organisation, viewAccess, notifications, head };
      return new Engine(settings, parts, first, surroundings);
    } catch (error) {
      for (const part of opened) await part.close();
      lock.release();
      throw error;
    }
  }

  /** An executor that records under another clock than the engine's: what is told of the past is recorded in it. */
  executorOn(clock: Clock): CaseExecutor {
    const { store, vault, rulebook } = this.parts;
    const policyFor = ruledWith(this.held, ruledBy(rulebook));
    return new CommandExecutor(caseAggregate, { store, vault, clock, policyFor });
  }

  /** The pack of the desk as it is in force now, with those who hold its posts. */
  get policy(): Policy {
    return this.held(packInForce(this.rulebook, this.clock));
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

  get store(): EmbeddedEventStore {
    return this.parts.store;
  }

  get vault(): EmbeddedVault {
    return this.parts.vault;
  }

  /** What rules are in force when. */
  get rulebook(): Rulebook {
    return this.parts.rulebook;
  }

  get directory(): Directory {
    return this.parts.directory;
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
    const arrived = await this.projector.waitFor(position, WAIT_FOR_VIEW_MS);
    if (!arrived) throw new ProblemError('VIEW_BEHIND', { asked: atLeast, reached: this.viewPosition() });
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
    const storeUp = await this.store.head().then(
      () => true,
      () => false,
    );
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
    this.parts.lock.announce({ url, pid: process.pid, key: await this.operator.newKey() });
  }

  /** Something nobody waits for: its failure goes to the log. */
  background(what: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => this.surroundings.logger.error({ err: error }, `${what} failed`));
  }

  /** Ends in the order in which nothing is left without what it needs. */
  async close(): Promise<void> {
    this.unwatch();
    await this.recomputing.stop();
    await this.timer.stop();
    await this.repeats.stop();
    await this.operator.end();
    await this.notifications.close();
    await this.parts.viewAccess.close();
    await this.organisation.close();
    await this.parts.rulebook.close();
    await this.store.close();
    await this.directory.close();
    await this.vault.close();
    this.parts.lock.release();
  }

  private viewsMoved(): void {
    this.timer.arm();
    this.repeats.arm();
  }

  /** EVENTS.md 19: what fell due while time could not be trusted is settled as soon as it can be again. */
  private clockWatcher(): ClockWatcher {
    const { logger } = this.surroundings;
    const todo = 'the clock of the machine jumped: nothing is written until it agrees again or POST /clock/confirm';
    return {
      jumped: (jump) => logger.error(jump, todo),
      trusted: () => {
        logger.info('the clock can be trusted again: writing goes on');
        if (this.settings.projections === 'run') this.viewsMoved();
      },
    };
  }

  private alarm(lost: LostKey): void {
    this.surroundings.telemetry.keyLost();
    this.surroundings.logger.error(lost, 'a key is missing though nobody erased it');
  }
}

/** People and keys: in the database that is named, where those of the folder move in, else in the folder. */
const openDirectory = ({ folder, databaseUrl: url }: Settings, secret: Buffer, clock: Clock): Promise<Directory> =>
  url === undefined
    ? openEmbeddedDirectory({ folder, secret, clock })
    : openSharedDirectory({ url, secret, clock, movesIn: controlFile(folder) });
