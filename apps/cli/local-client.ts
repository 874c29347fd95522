import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { isRefusal, parseInstant, type Actor } from '#kernel';
import { Engine } from '../api/engine.js';
import type { ImportResult } from '../api/import/import-cases.js';
import type { ShownNotice } from '../api/notifications.js';
import type { CaseExplained } from '../api/queries/case-reading.js';
import { withNames, type TimelineEntry } from '../api/queries/timeline.js';
import { readSettings } from '../api/settings.js';
import { Telemetry } from '../api/telemetry.js';
import { CliError, type EngineClient, type TimelineOrder } from './client.js';

/** The engine itself in this process, for a folder that no server holds. */
export class LocalClient implements EngineClient {
  private readonly correlationId = `cli-${randomUUID()}`;

  private constructor(
    private readonly engine: Engine,
    private readonly actor: Actor,
  ) {}

  /** @throws FolderInUse */
  static async open(folder: string): Promise<LocalClient> {
    const settings = readSettings({ ...process.env, REDRESS_DATA: folder });
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
    await this.engine.projector.rebuild(view);
  }

  notifications(state: string | undefined): Promise<readonly ShownNotice[]> {
    return this.engine.notifications.list(state as ShownNotice['state'] | undefined, undefined, 200);
  }

  async retryNotifications(messageId: string | undefined): Promise<number> {
    const answer = await this.engine.notifications.retry(messageId);
    if (isRefusal(answer)) throw new CliError(`${answer.code}: ${JSON.stringify(answer.facts)}`);
    return answer.retried;
  }

  now(): Promise<string> {
    return Promise.resolve(this.engine.time.clock.now());
  }

  close(): Promise<void> {
    return this.engine.close();
  }
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
