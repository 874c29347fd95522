import type { Logger } from 'pino';
import { awaitPostgres } from '#sql';

/** Containers are started in any order: a database that is not there yet is given this long. */
const PATIENCE_MS = 60_000;

/** @throws DatabaseUnusable */
export const awaitDatabase = (url: string, logger: Logger): Promise<void> =>
  awaitPostgres(url, {
    patienceMs: PATIENCE_MS,
    onWait: ({ code, message }) =>
      logger.warn({ code }, `REDRESS_DATABASE_URL: ${message} Waiting up to ${PATIENCE_MS / 1000} s for it.`),
  });
