import type { AppendResult } from '../port.js';
import { AppendCall, type Append } from './append-call.js';
import type { Connection } from './connection.js';
import { failureOf, Interrupted, isServiceError } from './failures.js';

/** The call over which appends go: one at a time, another when it ended. */
export class AppendCalls {
  private call: Promise<AppendCall> | undefined;
  private readonly underWay = new Set<Promise<unknown>>();
  private closed = false;

  constructor(
    private readonly connection: Connection,
    private readonly timeoutMs: number,
  ) {}

  async append(append: Append): Promise<AppendResult> {
    if (this.closed) throw new Interrupted('The store is closed.');
    const appending = this.current().then((call) => call.append(append));
    this.underWay.add(appending);
    try {
      return await appending;
    } finally {
      this.underWay.delete(appending);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled([...this.underWay]);
    const call = await this.call?.catch(() => undefined);
    call?.close();
  }

  private current(): Promise<AppendCall> {
    if (this.call === undefined) {
      this.call = this.open();
      this.call.catch(() => (this.call = undefined));
    }
    return this.call;
  }

  private async open(): Promise<AppendCall> {
    const client = await this.connection.streams();
    const duplex = client.batchAppend(this.connection.metadata());
    const call: AppendCall = new AppendCall(duplex, this.timeoutMs, (error) => {
      this.call = undefined;
      const failure = failureOf(error, 'the log');
      const leader = failure instanceof Interrupted ? failure.leader : undefined;
      if (isServiceError(error)) void this.connection.drop(client, leader);
    });
    return call;
  }
}
