import type { ShareRow } from './share-books.js';
import type { AnyDb, SqlWriter, WriteTransaction } from '../writer.js';

/** What whoever keeps views holds together with others, and alone who wants nobody to keep them. */
export const VIEWS = 'views';

/** Somebody else keeps it by now, or has changed what there is to keep: what this transaction wrote must not commit. */
export class LeaseLost extends Error {
  readonly code = 'LEASE_LOST';

  constructor() {
    super('Another process has taken over shares of the views, or changed their generations.');
  }
}

export interface KeepingLog {
  info(facts: object, message: string): void;
}

/** Which shares of the views this process keeps. */
export interface Keeping {
  /** The name of this process, for people. */
  readonly name: string;
  /** Into how many slots subjects are dealt. */
  readonly slots: number;
  /** Those that are ours, as of the last `refresh`. */
  readonly shares: ReadonlySet<string>;
  /** Shares came or are to go, or somebody changed generations: `refresh`, and read the books again. */
  readonly isStale: boolean;
  /** @param onStale calls back when it has become so */
  start(onStale: () => void): Promise<void>;
  /** Between two transactions: lets go of what is another's, takes what is ours. */
  refresh(): Promise<void>;
  /** At the beginning of a transaction that writes rows of shares. @throws LeaseLost */
  confirm(db: AnyDb): Promise<void>;
  /** A transaction that changes which generations there are, or their phases: nobody writes rows of any share meanwhile. @throws LeaseLost */
  construct<T>(work: (tx: WriteTransaction, shares: readonly ShareRow[]) => Promise<T>): Promise<T>;
  /** Tells the others, when the transaction commits, that there is something to look at. */
  tell(db: AnyDb): Promise<void>;
  /** Lets go for good, also while it waits. */
  stop(): Promise<void>;
}

/** The same writer, whose transactions commit only while the shares are ours. */
export const fenced = (writer: SqlWriter, keeping: Keeping): SqlWriter => ({
  ...writer,
  transaction: (work) =>
    writer.transaction(async (tx) => {
      await keeping.confirm(tx.db);
      return work(tx);
    }),
});
