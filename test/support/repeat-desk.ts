import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainToInstance } from 'class-transformer';
import type { Kysely } from 'kysely';
import { KeepRepeats } from '#automations';
import { CASE_COMMANDS, caseAggregate, MatchRepeats, matchRepeats, type CaseState, type CommandName } from '#cases';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '#event-store/embedded';
import { CommandExecutor } from '#execution';
import { ENGINE, isRefusal, newId, START, TestClock, type Instant, type JsonObject } from '#kernel';
import { RepeatRules, type Policy } from '#policy';
import { openEmbeddedVault, type EmbeddedVault } from '#privacy/embedded';
import { MASTER_KEY, TestViews, type TestLog } from '#sql/testing';
import {
  casesKeyed,
  casesOfKey,
  changedKeys,
  repeatCases,
  repeatsProjection,
  type RepeatCase,
  type ViewsSchema,
} from '#views';
import { CaseImport } from '../../apps/api/import/import-cases.js';
import type { CaseExecutor } from '../../apps/api/engine/executor.js';

const WANG = { id: 'wang', role: 'administrator' } as const;

/** The log, the view and the matching under a pack of a test's own: real parts without HTTP. */
export class RepeatDesk {
  readonly imports: CaseImport;
  /** How often MatchRepeats was sent. */
  sent = 0;
  private checkpoint = -1;

  private constructor(
    readonly folder: string,
    readonly clock: TestClock,
    readonly store: EmbeddedEventStore,
    readonly vault: EmbeddedVault,
    readonly executor: CaseExecutor,
    private readonly rules: RepeatRules,
    readonly views: TestViews,
    readonly db: Kysely<ViewsSchema>,
  ) {
    this.imports = new CaseImport({ executor, secret: (purpose) => vault.secret(purpose) });
  }

  static async open(policy: Policy, now: Instant = '2026-06-01T00:00:00.000Z'): Promise<RepeatDesk> {
    const folder = mkdtempSync(join(tmpdir(), 'redress-repeats-'));
    const store = await openEmbeddedEventStore({ folder });
    const vault = await openEmbeddedVault({ folder, masterKey: MASTER_KEY, pool: true });
    const clock = new TestClock(now);
    const ruling = { pack: policy.id, version: policy.version, policy };
    const executor = new CommandExecutor(caseAggregate, { store, vault, clock, policyFor: () => ruling });
    const rules = new RepeatRules([policy]);
    const projection = repeatsProjection({ rules, secret: vault.secret('repeats') });
    const views = await TestViews.open({ folder } as TestLog, [projection]);
    const db = views.reading<ViewsSchema>();
    return new RepeatDesk(folder, clock, store, vault, executor, rules, views, db);
  }

  async send(id: string, name: CommandName, body: object, occurredAt?: Instant): Promise<JsonObject> {
    const { command, decide } = CASE_COMMANDS.find((definition) => definition.name === name)!;
    const outcome = await this.executor.execute({
      id,
      create: name === 'ReceiveCase',
      decide,
      command: plainToInstance(command, { ...body, ...(occurredAt === undefined ? {} : { occurredAt }) }),
      commandId: newId(),
      digest: '',
      actor: WANG,
      correlationId: id,
    });
    if (isRefusal(outcome)) throw new Error(`${name}: ${JSON.stringify(outcome)}`);
    return outcome.result;
  }

  /**
   * Matches all that has changed, by an automation that is begun anew at its checkpoint, as after a restart.
   * @param partitions how many keys at once
   * @param failing which of the sendings fails, as a process that is killed there
   */
  async match({ partitions = 1, failing }: { partitions?: number; failing?: number } = {}): Promise<void> {
    await this.seen();
    let failure: unknown;
    let sendings = 0;
    const { db } = this;
    const automation = new KeepRepeats({
      clock: this.clock,
      rules: this.rules,
      ready: () => failure === undefined,
      changedKeys: (after, limit) => changedKeys(db, after, limit, Number(this.views.runner.reached.prepare)),
      casesOfKey: (key, span) => casesOfKey(db, key, span),
      keyed: (sameness, caseIds) => casesKeyed(db, sameness, caseIds),
      casesOnRecord: (caseIds) => repeatCases(db, caseIds),
      send: async ({ caseId, ...finding }) => {
        if (sendings++ === failing) throw new Error('killed');
        this.sent += 1;
        const outcome = await this.executor.execute({
          id: caseId,
          decide: matchRepeats,
          command: Object.assign(new MatchRepeats(), finding),
          commandId: newId(),
          digest: '',
          actor: ENGINE,
          correlationId: caseId,
        });
        if (isRefusal(outcome)) throw new Error(`MatchRepeats: ${JSON.stringify(outcome)}`);
      },
      seen: () => this.seen(),
      checkpoint: { read: () => this.checkpoint, write: (position) => void (this.checkpoint = position) },
      partitions,
      onFailure: (error) => (failure = error),
    });
    automation.arm();
    await automation.idle();
    await automation.stop();
    if (failure !== undefined && failing === undefined) throw failure;
  }

  /** Resolves when the view has seen the whole log. */
  async seen(): Promise<void> {
    await this.views.reached((await this.store.head()) ?? START);
  }

  async state(id: string): Promise<CaseState> {
    return (await this.executor.load(id))!.state;
  }

  async onRecord(caseIds: readonly string[]): Promise<ReadonlyMap<string, RepeatCase>> {
    await this.seen();
    return repeatCases(this.db, caseIds);
  }

  async close(): Promise<void> {
    await this.db.destroy();
    await this.views.close();
    await this.store.close();
    await this.vault.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
