import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Subscription, SubscriptionMessage } from '#event-store';
import type { Position } from '#kernel';
import type { Feed, Wanted } from './reading.js';

/** A comment this often keeps proxies from closing a quiet connection, and tells the client that we live. */
const HEARTBEAT_MS = 15_000;

/**
 * Writes the feed to one connection as server-sent events, until it closes. The next event is taken from the store only
 * when the socket has room, so a slow reader costs no memory. `id` is the position token, so a browser that reconnects
 * resumes without a gap and without a duplicate.
 */
export class LiveConnection {
  private readonly subscription: Subscription;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly feed: Feed,
    private readonly response: ServerResponse,
    private readonly wanted: Wanted,
    after: Position,
  ) {
    this.subscription = feed.ports.store.subscribeToAll({
      after: after.commit < 0n ? 'start' : after,
      filter: {
        streamPrefixes: [feed.prefix],
        ...(wanted.types && { typeExpression: new RegExp(`^(?:${[...wanted.types].join('|')})$`) }),
      },
    });
    this.heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS).unref();
    response.on('close', () => this.close());
  }

  /** Ends with the connection. */
  async run(): Promise<void> {
    try {
      for await (const message of this.subscription) {
        const text = await this.frame(message);
        if (text !== '' && !this.response.write(text)) await this.drained();
        if (this.response.destroyed) break;
      }
    } finally {
      this.close();
      this.response.end();
    }
  }

  close(): void {
    clearInterval(this.heartbeat);
    this.subscription.close();
  }

  private async frame(message: SubscriptionMessage): Promise<string> {
    switch (message.kind) {
      case 'confirmed':
        return 'retry: 1000\n\n';
      case 'caughtUp':
        return 'event: caughtUp\ndata: {}\n\n';
      case 'checkpoint':
        // Without data a browser fires no event, but goes on from here when it reconnects.
        return `id: ${this.feed.tokenOf(message.position)}\n\n`;
      case 'event': {
        const [event] = await this.feed.shaped([message.event], this.wanted.open);
        return event === undefined ? '' : `id: ${event.position}\ndata: ${JSON.stringify(event)}\n\n`;
      }
      default:
        return message satisfies never;
    }
  }

  private async drained(): Promise<void> {
    if (this.response.destroyed) return;
    const gone = new AbortController();
    const stop = (): void => gone.abort();
    this.response.once('close', stop);
    await once(this.response, 'drain', { signal: gone.signal }).catch(() => undefined);
    this.response.off('close', stop);
  }
}
