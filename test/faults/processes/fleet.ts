import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type RestartableServer } from '#testing';
import { EndpointProcess } from '../../../libs/event-store/endpoint/testing/endpoint-process.js';
import { EngineProcess, type Answer } from '../../support/engine.js';
import type { Stores } from '../../support/views.js';

export const FLEET_START = '2026-01-05T01:00:00.000Z';
/** So long a client tries again what got no answer, before it gives up on the whole. */
const PATIENCE_MS = 120_000;

type Headers = Readonly<Record<string, string>>;

/** Several API and worker processes over one log and one database; a client that tries again until somebody answers. */
export class Fleet {
  private now = FLEET_START;
  private turn = 0;
  private isOver = false;

  private constructor(
    readonly folder: string,
    readonly endpoint: EndpointProcess,
    readonly postgres: RestartableServer,
    readonly apis: readonly EngineProcess[],
    readonly workers: readonly EngineProcess[],
  ) {}

  /** @returns undefined where the machine has no PostgreSQL */
  static async start(apis: number, workers: number): Promise<Fleet | undefined> {
    const postgres = await startPostgres(join(tmpdir(), `redress-fleet-${process.pid}-${Date.now()}`));
    if (postgres === undefined) return undefined;
    const endpoint = await EndpointProcess.start();
    const folder = mkdtempSync(join(tmpdir(), 'redress-fleet-'));
    const process_ = (role: string): EngineProcess =>
      EngineProcess.on(
        {
          EVENTSTOREDB_URL: endpoint.url,
          REDRESS_DATABASE_URL: postgres.url,
          REDRESS_ROLE: role,
          REDRESS_TEST_CLOCK: FLEET_START,
          REDRESS_LOG_LEVEL: 'error',
        },
        folder,
      );
    const some = (role: string, count: number): EngineProcess[] => Array.from({ length: count }, () => process_(role));
    const fleet = new Fleet(folder, endpoint, postgres, some('api', apis), some('worker', workers));
    try {
      // The first one makes the master key that all of them take from the folder.
      await fleet.workers[0]!.run();
      await Promise.all(fleet.all.slice(1).map((it) => it.run()));
      return fleet;
    } catch (error) {
      await fleet.end();
      throw error;
    }
  }

  get all(): readonly EngineProcess[] {
    return [...this.workers, ...this.apis];
  }

  get stores(): Stores {
    return { EVENTSTOREDB_URL: this.endpoint.url, REDRESS_DATABASE_URL: this.postgres.url };
  }

  get log(): string {
    return this.all.map(({ log }) => log).join('');
  }

  /** From now on nothing is sent: who sends gets no answer. */
  finish(): void {
    this.isOver = true;
  }

  /** Sends again, after it was finished. */
  resume(): void {
    this.isOver = false;
  }

  get(path: string, headers?: Headers): Promise<Answer> {
    return this.answered((api) => api.get(path, headers));
  }

  post(path: string, body: unknown = {}, headers?: Headers): Promise<Answer> {
    if (path === '/test-clock') return this.moveTime((body as { advanceMs: number }).advanceMs);
    return this.answered((api) => api.post(path, body, headers));
  }

  /** A file. */
  put(path: string, text: string): Promise<Answer> {
    return this.answered((api) => api.send('PUT', path, text, { 'content-type': 'application/octet-stream' }));
  }

  async end(): Promise<void> {
    await Promise.all(this.all.map((it) => it.kill()));
    await this.endpoint.end();
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** One API after the other, until one of them answers as to something it has decided. */
  private async answered(ask: (api: EngineProcess) => Promise<Answer>): Promise<Answer> {
    for (const untilMs = Date.now() + PATIENCE_MS; ;) {
      if (this.isOver) throw new Error('the load is over');
      const api = this.apis[this.turn++ % this.apis.length]!;
      const answer = await ask(api).catch(() => undefined);
      if (answer !== undefined && answer.status < 500) return answer;
      if (Date.now() > untilMs) throw new Error(`nobody answers: ${JSON.stringify(answer?.body)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Each process has a clock of its own; one that starts again begins where the others stood. */
  private async moveTime(advanceMs: number): Promise<Answer> {
    this.now = new Date(Date.parse(this.now) + advanceMs).toISOString();
    if (this.isOver) throw new Error('the load is over');
    await Promise.all(this.all.map((it) => it.post('/test-clock', { to: this.now }).catch(() => undefined)));
    return { status: 200, headers: new globalThis.Headers(), body: { now: this.now } };
  }
}
