import type { Carrier } from '#jobs';
import { openBullCarrier, type CarrierLog } from '#jobs/bullmq';
import type { Vault } from '#privacy';

/** BullMQ on Redis. Installations that share a Redis do not meet: each has a name that follows from its master key. @throws RedisUnusable */
export const openCarrier = (url: string, vault: Pick<Vault, 'secret'>, log: CarrierLog): Promise<Carrier> =>
  openBullCarrier({ url, log, namespace: vault.secret('redis').toString('hex').slice(0, 16) });
