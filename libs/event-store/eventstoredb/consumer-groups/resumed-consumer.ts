import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumeOptions, GroupConsumer, GroupEvent, GroupName, GroupNack } from '../../consumer-groups.js';
import { GroupDropped, GroupFull } from '../../errors.js';
import { Interrupted } from '../failures.js';
import { waitMs } from '../retrying.js';
import type { GroupCall } from './group-call.js';
import type { GroupCalls } from './group-calls.js';
import { ackRequest, consumeRequest, nackRequest } from './requests.js';

/** Milliseconds. */
export interface Supervision {
  /** Whoever hears nothing for so long asks whether the group still knows it. */
  readonly quietMs: number;
  /** How long a place is waited for that a lost connection may still hold. */
  readonly retryForMs: number;
}

/**
 * A consumer that outlives connections. The client's own ends with a mere `end` or goes silent; this one connects again, and what
 * was in hand comes again, to it or to another (EVENT_STORE.md 20).
 */
export class ResumedConsumer implements GroupConsumer {
  private readonly abort = new AbortController();
  private call: GroupCall | undefined;
  private closing: Promise<void> | undefined;
  private attempts = 0;
  /** Since when a place that was held before is not to be had. */
  private fullSinceMs: number | undefined;
  private wasConnected = false;
  /** What was handed out, with the id under which the group knows it and the call by which it came. */
  private readonly handedOut = new WeakMap<GroupEvent, { readonly id: string; readonly call: GroupCall }>();

  constructor(
    private readonly calls: GroupCalls,
    private readonly group: GroupName,
    private readonly options: ConsumeOptions & { readonly bufferSize: number },
    private readonly supervision: Supervision,
    private readonly onClose: (consumer: GroupConsumer) => void,
  ) {}

  ack(...events: readonly GroupEvent[]): void {
    const ids = this.inHand(events);
    if (ids.length > 0) this.call?.settle(ackRequest(ids));
  }

  nack(action: GroupNack, reason: string, ...events: readonly GroupEvent[]): void {
    const ids = this.inHand(events);
    if (ids.length > 0) this.call?.settle(nackRequest(ids, action, reason));
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<GroupEvent> {
    const { signal } = this.abort;
    try {
      while (!signal.aborted) {
        try {
          yield* this.oneCall();
        } catch (error) {
          if (signal.aborted) return;
          const failure = this.calls.failure(error, this.group, this.call?.client);
          if (!this.passes(failure)) throw failure;
        }
        if (!signal.aborted) await delay(waitMs(this.attempts++), undefined, { signal }).catch(() => undefined);
      }
    } finally {
      await this.close();
    }
  }

  private async end(): Promise<void> {
    this.abort.abort();
    await this.call?.leave();
    this.onClose(this);
  }

  private async *oneCall(): AsyncGenerator<GroupEvent> {
    const { signal } = this.abort;
    this.call = undefined;
    await this.calls.checkStream(this.group.stream);
    const call = await this.calls.open(consumeRequest(this.group, this.options.bufferSize), this.options);
    this.call = call;
    if (signal.aborted) return call.cancel();
    const watch = this.watchOver(call);
    try {
      for (let response = await call.next(); response !== undefined; response = await call.next()) {
        watch.heard();
        this.attempts = 0;
        this.wasConnected = true;
        this.fullSinceMs = undefined;
        if (response.kind !== 'event') continue;
        const { event, id, retryCount } = response;
        const handed = { event, retryCount };
        this.handedOut.set(handed, { id, call });
        yield handed;
      }
    } finally {
      watch.end();
      // Whoever closes says goodbye by itself.
      if (!signal.aborted) call.cancel();
    }
  }

  /** Whether it is worth another try. */
  private passes(failure: unknown): boolean {
    if (failure instanceof GroupFull && this.wasConnected) {
      this.fullSinceMs ??= Date.now();
      return Date.now() - this.fullSinceMs < this.supervision.retryForMs;
    }
    return failure instanceof Interrupted || failure instanceof GroupDropped;
  }

  private inHand(events: readonly GroupEvent[]): string[] {
    return events.flatMap((event) => {
      const known = this.handedOut.get(event);
      return known === undefined || known.call !== this.call ? [] : [known.id];
    });
  }

  /** A connection that is dead without an error, or a server that forgot us, shows by what it tells of the group. */
  private watchOver(call: GroupCall): { heard(): void; end(): void } {
    let timer: NodeJS.Timeout | undefined;
    let suspicious = false;
    const look = async (): Promise<void> => {
      const info = await this.calls.quickInfo(this.group).catch(() => undefined);
      // Who does not even answer this has to be left, and who does not know of us.
      if (info === undefined || info.consumers.length === 0) return call.cancel();
      const starving = info.waiting > 0 && info.inFlight === 0;
      if (starving && suspicious) return call.cancel();
      suspicious = starving;
      wait();
    };
    const wait = (): void => {
      clearTimeout(timer);
      // While nobody takes what came, nothing more can be heard.
      const ask = (): void => void (call.untaken > 0 ? wait() : look());
      timer = setTimeout(ask, this.supervision.quietMs).unref();
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
