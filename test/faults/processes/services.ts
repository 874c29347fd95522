import { join } from 'node:path';
import { Redis } from 'ioredis';
import { MailServer } from '#notifications/testing';
import { startPostgres, startRedis, type RestartableServer } from '#testing';
import { EndpointProcess } from '../../../libs/event-store/endpoint/testing/endpoint-process.js';

/** What the processes of a fleet share: the log, the database, Redis, and a mail server that is never away. */
export class Services {
  private constructor(
    readonly endpoint: EndpointProcess,
    readonly postgres: RestartableServer,
    readonly redis: RestartableServer,
    readonly mail: MailServer,
  ) {}

  /** @returns undefined where the machine has no PostgreSQL or no Redis */
  static async start(folder: string, settings: Readonly<Record<string, string>>): Promise<Services | undefined> {
    const redis = await startRedis(join(folder, 'redis'));
    if (redis === undefined) return undefined;
    const postgres = await startPostgres(join(folder, 'postgres'), settings);
    if (postgres === undefined) {
      await redis.stop();
      return undefined;
    }
    return new Services(await EndpointProcess.start(), postgres, redis, await MailServer.start());
  }

  /** As FLUSHALL does: whatever is in Redis is gone, its connections stay. */
  async emptyRedis(): Promise<void> {
    const redis = new Redis(this.redis.url);
    await redis.flushall();
    redis.disconnect();
  }

  /** What is on its way in Redis, by the names of its keys. */
  async jobsInRedis(): Promise<string[]> {
    const redis = new Redis(this.redis.url);
    const keys = await redis.keys('*:j-*');
    redis.disconnect();
    return keys;
  }

  async end(): Promise<void> {
    await this.mail.down();
    await this.endpoint.end();
    await this.redis.stop();
    await this.postgres.stop();
  }
}
