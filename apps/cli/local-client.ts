import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { isRefusal, type Actor } from '#kernel';
import { Engine } from '../api/engine.js';
import type { ImportResult } from '../api/import/import-cases.js';
import type { ShownNotice } from '../api/notifications.js';
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

  async timeline(caseId: string, { by, asOf }: TimelineOrder): Promise<readonly TimelineEntry[]> {
    const moment = { actor: this.actor, open: true, by, ...(asOf === undefined ? {} : { asOf }) };
    const entries = await this.engine.reading.timeline(caseId, moment);
    if (entries === undefined) throw new CliError(`There is no case ${caseId}.`);
    return withNames(entries, this.engine.directory);
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
