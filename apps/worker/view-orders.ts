import { answerOrder, LeaseLost, openOrders, VIEWS_ORDERED, type Notices, type ShareOrder, type SqlWriter } from '#sql';
import { failureOf } from './messages.js';

/** Carries out what is asked of whoever keeps the shares that are this process's, one order after the other. */
export class ViewOrders {
  private notices: Notices | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly writer: SqlWriter,
    private readonly ours: { readonly shares: ReadonlySet<string> },
    private readonly obey: (order: ShareOrder) => Promise<number>,
  ) {}

  async start(): Promise<void> {
    this.notices = await this.writer.hear(VIEWS_ORDERED, () => this.look());
    this.look();
  }

  async stop(): Promise<void> {
    await this.notices?.close();
  }

  /** There may be orders: also such as their share came with. */
  look(): void {
    // A database that is away is heard of when it is back: then all that is open is looked at again.
    this.working = this.working.then(() => this.work()).catch(() => undefined);
  }

  private async work(): Promise<void> {
    const { db } = this.writer;
    for (const { id, order } of await openOrders(db)) {
      if (!this.ours.shares.has(order.share)) continue;
      const answer = await this.obey(order).then(
        (result) => ({ result }),
        (error: unknown) => (error instanceof LeaseLost ? undefined : { failure: failureOf(error) }),
      );
      // What came too late is for whoever keeps the share now.
      if (answer) await answerOrder(db, id, answer);
    }
  }
}
