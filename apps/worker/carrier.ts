import type { Carrier } from '#jobs';
import { openBullCarrier, type CarrierLog } from '#jobs/bullmq';
import type { Vault } from '#privacy';

const PATIENCE_MS = 60_000;

/** BullMQ on Redis. Installations that share a Redis do not meet: each has a name that follows from its master key. @throws RedisUnusable */
export const openCarrier = (url: string, vault: Pick<Vault, 'secret'>, log: CarrierLog): Promise<Carrier> =>
  openBullCarrier({
    ...{ url, log, namespace: vault.secret('redis').toString('hex').slice(0, 16), patienceMs: PATIENCE_MS },
    onWait: ({ code, message }) =>
      log.warn({ code }, `REDRESS_REDIS_URL: ${message} Waiting up to ${PATIENCE_MS / 1000} s for it.`),
  });
