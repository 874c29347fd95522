export { openBullCarrier, type BullCarrierOptions, type CarrierLog } from './bull-carrier.js';
export { RedisUnusable } from './redis.js';
