import type { EventRow } from './rows.js';

/**
 * What `$all` does not show: checkpoints and parked events of persistent subscriptions to `$all`, which would otherwise
 * follow themselves for ever.
 */
export const isHidden = (row: EventRow): boolean => row[1].charCodeAt(0) === DOLLAR && HIDDEN.test(row[1]);

const DOLLAR = 0x24;
const HIDDEN = /^\$persistentsubscription-\$all::.*-(checkpoint|parked)$/s;
