import { Redis } from 'ioredis';

const CODES = {
  REDIS_UNREACHABLE: 'cannot be reached',
  REDIS_LOGIN_REFUSED: 'refuses the user or the password',
  REDIS_DATABASE_MISSING: 'has no database of that number',
  REDIS_EVICTS: 'throws keys away when its memory is full: set maxmemory-policy to noeviction',
  REDIS_TOO_OLD: 'is older than 6.2, which jobs need',
} as const;

/** Redis cannot be used as it is. The message names where it is and what is wrong, never the password. */
export class RedisUnusable extends Error {
  constructor(
    readonly code: keyof typeof CODES,
    url: string,
    cause?: unknown,
  ) {
    super(`Redis at ${addressOf(url)} ${CODES[code]}${wordsOf(code, url, cause)}.`, { cause });
  }
}

/** A server without TLS says nothing at all to who asks for it. */
function wordsOf(code: keyof typeof CODES, url: string, cause: unknown): string {
  // Errors of sockets may come from another realm than ours, where they are no instances of our Error.
  const { message } = (cause ?? {}) as Partial<Error>;
  if (code !== 'REDIS_UNREACHABLE' || message === undefined) return '';
  return ` (${message}${url.startsWith('rediss:') ? '; rediss:// asks for TLS' : ''})`;
}

/** After a lost connection it is tried again for ever, soon at first, every two seconds at the longest. */
const retryStrategy = (times: number): number => Math.min(50 * 2 ** Math.min(times, 6), 2_000);

const SHARED = { lazyConnect: true, retryStrategy, connectionName: 'redress' };

/**
 * For what must not wait: while there is no connection a command fails at once, and one without an answer after ten
 * seconds; kept in memory it would be sent when nobody knows of it any more.
 */
export const failingFast = (url: string): Redis =>
  new Redis(url, { ...SHARED, enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 10_000 });

/** For what waits for work: a blocking command is asked again until it is answered, however long Redis is gone. */
export const waitingForWork = (url: string): Redis => new Redis(url, { ...SHARED, maxRetriesPerRequest: null });

export interface Patience {
  /** How long one that cannot be reached is waited for: it may be starting, too. */
  readonly patienceMs: number;
  /** Told once, of the first failure. */
  readonly onWait?: ((failure: RedisUnusable) => void) | undefined;
}

/** Connects. @throws RedisUnusable, REDIS_UNREACHABLE when the patience is at its end */
export async function connectRedis(redis: Redis, url: string, { patienceMs, onWait }: Patience): Promise<void> {
  let last: Error | undefined;
  let told: () => void;
  const failed = new Promise<void>((resolve) => (told = resolve));
  const remember = (error: Error): void => {
    if (last === undefined && !LOGIN_REFUSED.test(error.message)) {
      onWait?.(new RedisUnusable('REDIS_UNREACHABLE', url, error));
    }
    last = error;
    told();
  };
  redis.on('error', remember);
  const patience = new Promise<never>((_, reject) => {
    // Not before it has failed once: without a reason nobody knows what to mend.
    const over = (): Promise<void> => failed.then(() => reject(new RedisUnusable('REDIS_UNREACHABLE', url, last)));
    setTimeout(() => void over(), patienceMs).unref();
  });
  try {
    await Promise.race([ready(redis, url), patience]);
  } finally {
    redis.off('error', remember);
  }
}

const LOGIN_REFUSED = /WRONGPASS|NOAUTH|NOPERM|invalid password/;

async function ready(redis: Redis, url: string): Promise<void> {
  const isReady = new Promise<void>((resolve, reject) => {
    redis.once('ready', resolve);
    redis.on('error', ({ message }) => {
      if (LOGIN_REFUSED.test(message)) reject(new RedisUnusable('REDIS_LOGIN_REFUSED', url));
    });
  });
  // What fails here is tried again by the client, and said by its `error` event.
  redis.connect().catch(() => undefined);
  await isReady;
}

/** @throws RedisUnusable @returns what it would be wise to set otherwise */
export async function examine(redis: Redis, url: string): Promise<readonly string[]> {
  // The client goes on in database 0 where there is no such one.
  await redis.select(redis.options.db ?? 0).catch((error: Error) => {
    throw /out of range|not allowed/.test(error.message) ? new RedisUnusable('REDIS_DATABASE_MISSING', url) : error;
  });
  const said = await redis.info();
  const value = (name: string): string | undefined => new RegExp(`^${name}:(.*)$`, 'm').exec(said)?.[1]?.trim();
  const [major = 0, minor = 0] = (value('redis_version') ?? '0').split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 2)) throw new RedisUnusable('REDIS_TOO_OLD', url);
  if ((value('maxmemory_policy') ?? 'noeviction') !== 'noeviction') throw new RedisUnusable('REDIS_EVICTS', url);
  return value('aof_enabled') === '0'
    ? ['Redis keeps no append-only file: after a restart all jobs are carried again. Set appendonly yes.']
    : [];
}

function addressOf(url: string): string {
  try {
    const { hostname, port } = new URL(url);
    return `${hostname}:${port || '6379'}`;
  } catch {
    return 'the address given';
  }
}
