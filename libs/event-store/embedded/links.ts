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

  /** The row itself, and where it is a link what it points to. */
  resolve(row: EventRow): ResolvedRow {
    if (this.queries.rows.type(row[3]) !== LINK_TYPE) return { event: row };
    return { event: this.target(row), link: row };
  }

  private target(link: EventRow): EventRow | undefined {
    const match = /^(\d{1,19})@(.+)$/s.exec(link[8].toString('utf8', 0, link[7]));
    if (match === null) return undefined;
    const revision = BigInt(match[1]!);
    return revision > DELETED_REVISION ? undefined : this.eventAt(match[2]!, revision);
  }

  eventAt(stream: string, revision: bigint): EventRow | undefined {
    try {
      const [row] = this.queries.streamPage(stream, 'forwards', revision, 1).rows;
      return row !== undefined && BigInt(row[2]) === revision ? row : undefined;
    } catch (error) {
      if (error instanceof StreamNotFound || error instanceof StreamDeleted) return undefined;
      throw error;
    }
  }
}
