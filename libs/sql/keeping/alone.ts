import { addShares, lockAllShares } from './share-books.js';
import type { Keeping } from './keeping.js';
import type { Projection } from '../projections/projection.js';
import { allShares } from './shares.js';
import type { SqlWriter } from '../writer.js';

/** Who has the data folder keeps all views, undivided: there is nothing to lease. */
export class KeepingAlone implements Keeping {
  readonly slots = 1;
  readonly isStale = false;
  readonly shares: ReadonlySet<string>;

  constructor(
    private readonly writer: SqlWriter,
    projections: readonly Projection[],
    readonly name: string,
  ) {
    this.shares = new Set(allShares(projections, this.slots));
  }

  async start(): Promise<void> {
    await addShares(this.writer.db, [...this.shares]);
  }

  construct: Keeping['construct'] = (work) =>
    this.writer.transaction(async (tx) => work(tx, await lockAllShares(tx.db)));

  async refresh(): Promise<void> {}
  async confirm(): Promise<void> {}
  async tell(): Promise<void> {}
  async stop(): Promise<void> {}
}
