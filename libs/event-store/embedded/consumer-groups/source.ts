import { ALL } from '../../checks.js';
import { StreamDeleted, StreamNotFound } from '../../errors.js';
import { Matcher } from '../filter.js';
import type { LogQueries } from '../log-queries.js';
import type { EventRow } from '../rows.js';
import { DELETED_REVISION } from '../../stream-metadata.js';
import type { GroupDefinition, StartFrom } from './definition.js';

/** Where the events of a group come from. A place is a revision, or for `$all` a position. */
export interface Source {
  /** The place after which a group begins that has no checkpoint. */
  begin(startFrom: StartFrom): number;
  /** What follows a place as reads show it, filtered or not; where that is all of it, `end` is the last place there is. */
  history(place: number, limit: number): { readonly rows: readonly EventRow[]; readonly end?: number };
  /** What was written behind a place, whatever the metadata hide. */
  written(place: number, limit: number): readonly EventRow[];
  /** Which of the rows the filter lets through. */
  select(rows: readonly EventRow[]): readonly boolean[];
  placeOf(row: EventRow): number;
  /** The last place there is. */
  last(): number;
  /** As EventStoreDB writes it, in checkpoints and in what it tells of a group. */
  text(place: number): string;
  parse(text: string): number;
}

/** A double cannot say the revision of a tombstone. */
const isTombstone = (revision: number): boolean => revision > Number.MAX_SAFE_INTEGER;

export const sourceOf = (definition: GroupDefinition, queries: LogQueries): Source =>
  definition.stream === ALL ? new AllSource(queries, definition) : new StreamSource(queries, definition.stream);

/** @throws StreamDeleted where nothing can come of the stream any more */
export function checkedStreamOf(stream: string, queries: LogQueries): void {
  if (stream !== ALL && stream !== '') queries.lastRevision(stream);
}

class StreamSource implements Source {
  constructor(
    private readonly queries: LogQueries,
    private readonly stream: string,
  ) {}

  begin(startFrom: StartFrom): number {
    if (startFrom === 'end') return this.last();
    return startFrom === 'start' ? -1 : startFrom - 1;
  }

  history(place: number, limit: number): ReturnType<Source['history']> {
    if (isTombstone(place)) return { rows: [], end: place };
    const page = this.ofStream(() => this.queries.streamPage(this.stream, 'forwards', BigInt(place) + 1n, limit));
    if (page === undefined) return { rows: [], end: place };
    return page.rows.length < limit ? { rows: page.rows, end: Number(page.last) } : { rows: page.rows };
  }

  written(place: number, limit: number): readonly EventRow[] {
    return isTombstone(place) ? [] : this.queries.rowsAppendedAfter(this.stream, BigInt(place), limit);
  }

  select(rows: readonly EventRow[]): readonly boolean[] {
    return rows.map(() => true);
  }

  placeOf(row: EventRow): number {
    return row[2];
  }

  last(): number {
    return Number(this.ofStream(() => this.queries.lastRevision(this.stream)) ?? -1);
  }

  text(place: number): string {
    return String(isTombstone(place) ? DELETED_REVISION : place);
  }

  parse(text: string): number {
    return Number(text);
  }

  /** A stream may come later, or be gone: then there is nothing. */
  private ofStream<Result>(ask: () => Result): Result | undefined {
    try {
      return ask();
    } catch (error) {
      if (error instanceof StreamNotFound || error instanceof StreamDeleted) return undefined;
      throw error;
    }
  }
}

class AllSource implements Source {
  private readonly matcher: Matcher;

  constructor(
    private readonly queries: LogQueries,
    { filter }: GroupDefinition,
  ) {
    this.matcher = new Matcher(filter, queries.rows);
  }

  select(rows: readonly EventRow[]): readonly boolean[] {
    return this.matcher.select(rows);
  }

  begin(startFrom: StartFrom): number {
    if (startFrom === 'end') return this.last();
    return startFrom === 'start' ? -1 : startFrom - 1;
  }

  history(place: number, limit: number): ReturnType<Source['history']> {
    const rows = this.written(place, limit);
    return rows.length < limit ? { rows, end: place } : { rows };
  }

  written(place: number, limit: number): readonly EventRow[] {
    return this.queries.rawAll(BigInt(place) + 1n, limit);
  }

  placeOf(row: EventRow): number {
    return row[0];
  }

  last(): number {
    return this.queries.head() ?? -1;
  }

  text(place: number): string {
    return `C:${place}/P:${place}`;
  }

  parse(text: string): number {
    return Number(/^C:(\d+)/.exec(text)?.[1] ?? -1);
  }
}
