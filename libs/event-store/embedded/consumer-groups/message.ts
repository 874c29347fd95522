import type { ResolvedRow } from '../links.js';
import type { EventRow } from '../rows.js';

/** An event on its way to one of a group's consumers. */
export interface Message {
  readonly delivery: ResolvedRow;
  /** What stands in the source: the link where links are followed. Consumers acknowledge its id. */
  readonly original: EventRow;
  readonly retryCount: number;
  /** Numbers what was read from the source; undefined for parked events that are replayed, which no checkpoint covers. */
  readonly sequence?: number;
}

/** Ids as the log hands them out: 32 upper-case hexadecimal digits. */
export const messageId = ({ original }: Message): string => original[6];
export const idOfUuid = (uuid: string): string => uuid.replaceAll('-', '').toUpperCase();
