import type { Kysely } from 'kysely';
import type { Row, SqlValue } from './row.js';
import type { ColumnType } from './shape.js';

/** Tables come and go with generations, so the runner's own statements are not typed by a schema. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyDb = Kysely<any>;

/** A table as it is called on disk. */
export interface PhysicalTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly types: Readonly<Record<string, ColumnType>>;
  readonly key: readonly string[];
}

export interface RowChange {
  readonly before: Row;
  readonly after: Row;
}

/** Bulk work inside one transaction. Each method is one round trip, or none where the store is in process. */
export interface WriteTransaction {
  readonly db: AnyDb;
  /** All rows whose column has one of the values; the whole table where no column is given. */
  load(table: PhysicalTable, column?: string, values?: readonly SqlValue[]): Promise<Row[]>;
  insert(table: PhysicalTable, rows: readonly Row[]): Promise<void>;
  /** Writes the columns that differ, so that only their indexes are touched. Keys do not change. */
  update(table: PhysicalTable, changes: readonly RowChange[]): Promise<void>;
  /** Removes rows by their key. */
  remove(table: PhysicalTable, rows: readonly Row[]): Promise<void>;
  removeWhere(table: PhysicalTable, column: string, values: readonly SqlValue[]): Promise<void>;
}

/** A name that one process alone has; or `together`, that any number have who keep out whoever wants it alone. */
export type HeldName = string | { readonly together: string };

/** Names that a process has until it lets go, ends, or loses its connection. */
export interface Hold {
  readonly lost: boolean;
  /** Resolves when it is lost or released. */
  readonly ended: Promise<void>;
  release(): Promise<void>;
}

export interface Notices {
  close(): Promise<void>;
}

/** Who writes views: the one there is, or one of those that share them. */
export interface SqlWriter {
  readonly db: AnyDb;
  /** By what others over the same database know the sessions of this process; undefined where there are no others. */
  readonly process: string | undefined;
  /**
   * Waits until nobody else has any of the names, or the signal ends it with an error.
   * @param onWait is told of each that somebody else has
   */
  hold(names: readonly HeldName[], onWait: (name: string) => void, signal: AbortSignal): Promise<Hold>;
  /** Hears what other processes tell on a channel: see `hearNotices`. */
  hear(channel: string, told: (by?: string) => void): Promise<Notices>;
  transaction<T>(work: (tx: WriteTransaction) => Promise<T>): Promise<T>;
  /** Drops what the store still holds of overwritten rows outside of its tables, as far as readers let it (EVENTS.md 10). */
  scrub(): void;
  close(): Promise<void>;
}
