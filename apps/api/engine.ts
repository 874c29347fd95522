import { CASE_STREAM_PREFIX, caseAggregate } from '#cases';
import type { EmbeddedEventStore } from '#event-store/embedded';
import { CommandExecutor } from '#execution';
import type { Clock, ClockWatcher, Position } from '#kernel';
import type { Directory, FirstAdministrator, Organisation } from '#organisation';
import type { Policy } from '#policy';
import type { AttachmentStore, LostKey } from '#privacy';
import { openEmbeddedAttachments, type EmbeddedVault } from '#privacy/embedded';
import type { Rulebook } from '#rulebook';
import type { Projector } from '../worker/projector.js';
import { Automations } from './automations.js';
import type { CaseExecutor } from './executor.js';
import { Feed } from './feed/reading.js';
import type { Gatekeeper } from './http/access.js';
import { ProblemError } from './http/problems.js';
import { CaseImport } from './import/import-cases.js';
import { LocalOperator } from './local-operator.js';
import type { LogClock } from './log-clock.js';
import type { Notifications } from './notifications.js';
import { packOfUnit, ruledWith } from './organisation/composition.js';
import { openParts, type Parts, type Surroundings } from './parts.js';
import { CaseReading } from './queries/case-reading.js';
import { packInForce, policyOf, ruledBy } from './rules/composition.js';
import { WhatIfs } from './rules/what-if.js';
import type { Settings } from './settings.js';
import type { ViewAccess } from './view-access.js';

export type { Surroundings } from './parts.js';

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
  readonly automations: Automations;
  readonly whatIfs = new WhatIfs(this);
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
    this.automations = new Automations(this, surroundings, parts.head);
    this.unwatch = time.system?.watch(this.clockWatcher()) ?? (() => undefined);
    if (settings.projections === 'run') this.automations.start();
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
    await this.automations.stop();
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

  /** EVENTS.md 19: what fell due while time could not be trusted is settled as soon as it can be again. */
  private clockWatcher(): ClockWatcher {
    const { logger } = this.surroundings;
    const todo = 'the clock of the machine jumped: nothing is written until it agrees again or POST /clock/confirm';
    return {
      jumped: (jump) => logger.error(jump, todo),
      trusted: () => {
        logger.info('the clock can be trusted again: writing goes on');
        if (this.settings.projections === 'run') this.automations.arm();
      },
    };
  }

  private alarm(lost: LostKey): void {
    this.surroundings.telemetry.keyLost();
    this.surroundings.logger.error(lost, 'a key is missing though nobody erased it');
  }
}
