import {
  answerOrder,
  hearNotices,
  openOrders,
  VIEWS_ORDERED,
  type Notices,
  type SqlWriter,
  type ViewOrder,
} from '#sql';
import { failureOf } from './messages.js';

/** Carries out what other processes ask of the one that keeps the views, one order after the other. */
export class ViewOrders {
  private notices: Notices | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly writer: SqlWriter,
    private readonly obey: (order: ViewOrder) => Promise<number>,
  ) {}

  async start(url: string): Promise<void> {
    this.notices = await hearNotices(url, VIEWS_ORDERED, () => this.look());
    this.look();
  }

  async stop(): Promise<void> {
    await this.notices?.close();
  }

  private look(): void {
    // A database that is away is heard of when it is back: then all that is open is looked at again.
    this.working = this.working.then(() => this.work()).catch(() => undefined);
  }

  private async work(): Promise<void> {
    const { db } = this.writer;
    for (const { id, order } of await openOrders(db)) {
      const answer = await this.obey(order).then(
        (result) => ({ result }),
        (error: unknown) => ({ failure: failureOf(error) }),
      );
      await answerOrder(db, id, answer);
    }
  }
}
