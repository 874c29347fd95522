import { setTimeout as delay } from 'node:timers/promises';
import { comparePositions, START, type Position } from '#kernel';
import type { StoredEvent, Subscription, SubscriptionMessage } from '../port.js';
import type { ReadCall, ReadCalls } from './read-calls.js';
import { Interrupted } from './failures.js';
import type { ReadResponse } from './responses.js';
import { waitMs } from './retrying.js';

/** Where a subscription goes on after its connection was lost. */
export interface Following {
  /** Opens a call that goes on behind what was taken. */
  open(): Promise<ReadCall>;
  /** Whether the event is for the subscriber; it counts as taken either way. */
  take(event: StoredEvent): boolean;
  /** The server has looked this far. */
  reach(position: Position): void;
  /** How far the server must have looked once it has caught up; undefined where nothing needs to be said of it. */
  readonly goal: Position | undefined;
  /** Whether there is something in the store that should have come by now. */
  isBehind(): Promise<boolean>;
}

/** A live subscription that says nothing for so long is asked after. */
export const QUIET_MS = 15_000;

/**
 * A subscription that outlives connections. The client's own ends with a mere `end` or goes silent; this one opens a new
 * call behind the last event that was pulled, so that there is no gap and nothing comes twice (EVENT_STORE.md 18).
 */
export class ResumedSubscription implements Subscription {
  private readonly abort = new AbortController();
  private call: ReadCall | undefined;
  private confirmed = false;
  private caughtUp = false;
  private attempts = 0;
  private told: Position = START;

  constructor(
    private readonly following: Following,
    private readonly calls: ReadCalls,
    private readonly onClose: (subscription: Subscription) => void,
    private readonly quietMs: number,
  ) {}

  close(): void {
    if (this.abort.signal.aborted) return;
    this.abort.abort();
    this.call?.cancel();
    this.onClose(this);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SubscriptionMessage> {
    const { signal } = this.abort;
    try {
      while (!signal.aborted) {
        try {
          yield* this.oneCall();
        } catch (error) {
          const failure = this.calls.failure(error, this.call);
          if (signal.aborted) return;
          if (!(failure instanceof Interrupted)) throw failure;
        }
        if (!signal.aborted) await delay(waitMs(this.attempts++), undefined, { signal }).catch(() => undefined);
      }
    } finally {
      this.close();
    }
  }

  private async *oneCall(): AsyncGenerator<SubscriptionMessage> {
    const { signal } = this.abort;
    const call = (this.call = await this.following.open());
    if (signal.aborted) return call.cancel();
    const watch = this.watchOver(call);
    try {
      for await (const response of call.responses as AsyncIterable<ReadResponse>) {
        watch.heard();
        this.attempts = 0;
        yield* this.messagesOf(response);
        if (signal.aborted) return;
      }
    } finally {
      watch.end();
      call.cancel();
    }
  }

  private *messagesOf(response: ReadResponse): Generator<SubscriptionMessage> {
    switch (response.kind) {
      case 'event': {
        const { event } = response;
        if (!this.following.take(event)) return;
        this.told = event.position;
        return yield { kind: 'event', event };
      }
      case 'confirmed':
        if (this.confirmed) return;
        this.confirmed = true;
        return yield { kind: 'confirmed' };
      case 'checkpoint':
        return yield* this.reached(response.position);
      case 'caughtUp':
        return yield* this.nowLive();
      case 'streamNotFound':
      case 'other':
        return;
      default:
        return response satisfies never;
    }
  }

  private *nowLive(): Generator<SubscriptionMessage> {
    const { goal } = this.following;
    if (goal !== undefined) yield* this.reached(goal);
    if (this.caughtUp) return;
    this.caughtUp = true;
    yield { kind: 'caughtUp' };
  }

  private *reached(position: Position): Generator<SubscriptionMessage> {
    this.following.reach(position);
    if (comparePositions(position, this.told) <= 0) return;
    this.told = position;
    yield { kind: 'checkpoint', position };
  }

  /** A connection that is dead without an error, or a server that forgot us, shows by what is missing. */
  private watchOver(call: ReadCall): { heard(): void; end(): void } {
    let timer: NodeJS.Timeout | undefined;
    let suspicious = false;
    const look = async (): Promise<void> => {
      // Who does not even answer this has to be left, too.
      const behind = await this.following.isBehind().catch(() => 'silent' as const);
      if (behind === 'silent' || (behind && suspicious)) return call.cancel();
      suspicious = behind;
      wait();
    };
    const wait = (): void => {
      clearTimeout(timer);
      // While the reader does not pull, nothing can be heard.
      timer = setTimeout(() => void (call.responses.readableLength > 0 ? wait() : look()), this.quietMs).unref();
    };
    wait();
    return {
      heard: () => {
        suspicious = false;
        wait();
      },
      end: () => clearTimeout(timer),
    };
  }
}
