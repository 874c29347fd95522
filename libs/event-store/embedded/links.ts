import { StreamDeleted, StreamNotFound } from '../errors.js';
import { DELETED_REVISION } from '../stream-metadata.js';
import type { LogQueries } from './log-queries.js';
import type { EventRow } from './rows.js';

export const LINK_TYPE = '$>';

/** An event, and the link that pointed to it where it came by one. */
export interface ResolvedRow {
  /** Undefined where a link points to nothing any more. */
  readonly event: EventRow | undefined;
  readonly link?: EventRow;
}

/** Follows links (`$>`, data `revision@stream`) to the events they name. */
export class Links {
  constructor(private readonly queries: LogQueries) {}

  /** The row itself, and where it is a link what it points to. What begins with no number is no link after all. */
  resolve(row: EventRow): ResolvedRow {
    if (this.queries.rows.type(row[3]) !== LINK_TYPE) return { event: row };
    const [place = '', ...rest] = row[8].toString('utf8', 0, row[7]).split('@');
    const revision = longOf(place);
    if (revision === undefined) return { event: row };
    return { event: this.eventAt(rest.join('@'), revision), link: row };
  }

  /** The stream of an event; of a link that was not followed, or could not be, the one that it points to. */
  streamOf(row: EventRow): string {
    if (this.queries.rows.type(row[3]) !== LINK_TYPE) return row[1];
    const target = row[8].toString('utf8', 0, row[7]);
    return target.slice(target.indexOf('@') + 1);
  }

  /** Revision -1 is the last event. */
  private eventAt(stream: string, revision: bigint): EventRow | undefined {
    try {
      const last = revision === -1n;
      const [row] = this.queries.streamPage(
        stream,
        last ? 'backwards' : 'forwards',
        last ? DELETED_REVISION : revision,
        1,
      ).rows;
      return row !== undefined && (last || BigInt(row[2]) === revision) ? row : undefined;
    } catch (error) {
      if (error instanceof StreamNotFound || error instanceof StreamDeleted) return undefined;
      throw error;
    }
  }
}

/** What .NET reads as a 64-bit number: spaces around it and a sign are fine. */
function longOf(text: string): bigint | undefined {
  const digits = /^\s*([+-]?\d+)\s*$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const value = BigInt(digits.replace('+', ''));
  return value > DELETED_REVISION || value < -DELETED_REVISION - 1n ? undefined : value;
}
