import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineProcess, type Answer } from '../../support/engine.js';
import type { Stores } from '../../support/views.js';
import { Services } from './services.js';

export const FLEET_START = '2026-01-05T01:00:00.000Z';
/** So long a client tries again what got no answer, before it gives up on the whole. */
const PATIENCE_MS = 120_000;

type Headers = Readonly<Record<string, string>>;

/** Several API and worker processes over one log, one database and one Redis; a client that tries again until somebody answers. */
export class Fleet {
  /** By the test clock of all of them. */
  now: string = FLEET_START;
  private turn = 0;
  private isOver = false;

  private constructor(
    readonly folder: string,
    readonly services: Services,
    readonly apis: readonly EngineProcess[],
    readonly workers: readonly EngineProcess[],
  ) {}

  /**
   * @param settings of PostgreSQL, over those of tests
   * @returns undefined where the machine has no PostgreSQL or no Redis
   */
  static async start(
    apis: number,
    workers: number,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Fleet | undefined> {
    const folder = mkdtempSync(join(tmpdir(), 'redress-fleet-'));
    // PostgreSQL runs as another user and must get through to its own folder.
    chmodSync(folder, 0o755);
    const services = await Services.start(folder, settings);
    if (services === undefined) return undefined;
    const { endpoint, postgres, redis, mail } = services;
    const process_ = (role: string): EngineProcess =>
      EngineProcess.on(
        {
          EVENTSTOREDB_URL: endpoint.url,
          REDRESS_DATABASE_URL: postgres.url,
          REDRESS_REDIS_URL: redis.url,
          REDRESS_SMTP_URL: mail.url,
          REDRESS_MAIL_FROM: 'redress@example.org',
          REDRESS_ROLE: role,
          REDRESS_TEST_CLOCK: FLEET_START,
          REDRESS_LOG_LEVEL: 'error',
        },
        join(folder, 'data'),
      );
    const some = (role: string, count: number): EngineProcess[] => Array.from({ length: count }, () => process_(role));
    const fleet = new Fleet(folder, services, some('api', apis), some('worker', workers));
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

  /** The data folder of all of them. */
  get data(): string {
    return join(this.folder, 'data');
  }

  get all(): readonly EngineProcess[] {
    return [...this.workers, ...this.apis];
  }

  get stores(): Stores {
    const { endpoint, postgres } = this.services;
    return { EVENTSTOREDB_URL: endpoint.url, REDRESS_DATABASE_URL: postgres.url };
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

  /** A person who is told by mail and holds these posts, as all processes know. @returns a key of this role */
  async hire(name: string, role: string, posts: readonly string[] = []): Promise<string> {
    const { id } = (await this.post('/people', { kind: 'person', name })).body as { id: string };
    // The other API hears a moment later of what one of them was told.
    await this.accepted((api) => api.send('PATCH', `/people/${id}`, { email: `${name}@example.org` }));
    for (const post of posts) await this.accepted((api) => api.post('/posts', { post, personIds: [id] }));
    const isKnown = async (to: EngineProcess): Promise<boolean> => {
      const held = (await to.get('/posts')).body.items as { post: string; personIds: string[] }[];
      return posts.every((post) => held.some((it) => it.post === post && it.personIds.includes(id)));
    };
    for (const it of this.all) while (!(await isKnown(it)));
    const key = await this.accepted((api) => api.post('/keys', { personId: id, role, label: name }));
    return key.body.key as string;
  }

  async end(): Promise<void> {
    await Promise.all(this.all.map((it) => it.kill()));
    await this.services.end();
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

  /** Until one of them has done it. */
  private accepted(ask: (api: EngineProcess) => Promise<Answer>): Promise<Answer> {
    return this.answered(async (api) => {
      const answer = await ask(api);
      if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
      return answer;
    });
  }

  /** Each process has a clock of its own; one that starts again begins where the others stood. */
  private async moveTime(advanceMs: number): Promise<Answer> {
    this.now = new Date(Date.parse(this.now) + advanceMs).toISOString();
    if (this.isOver) throw new Error('the load is over');
    await Promise.all(this.all.map((it) => it.post('/test-clock', { to: this.now }).catch(() => undefined)));
    return { status: 200, headers: new globalThis.Headers(), body: { now: this.now } };
  }
}
