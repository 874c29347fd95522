import { comparePositions, type Position } from '#kernel';
import { StreamNotFound } from '../errors.js';
import type { Filter, StoredEvent, SubscribeAllOptions, SubscribeStreamOptions } from '../port.js';
import type { ReadCall, ReadCalls } from './read-calls.js';
import { readAll, readStream, subscribeToAll, subscribeToStream, wanted } from './requests.js';
import type { Following } from './subscription.js';

/** `$all`: what was taken is the last position that was delivered or looked at. */
export class FollowingAll implements Following {
  goal: Position | undefined;
  private after: Position | 'start' | 'end';
  private readonly filter: Filter;
  private readonly isWanted: (stream: string, type: string) => boolean;

  constructor(
    private readonly calls: ReadCalls,
    { after = 'start', filter = {} }: SubscribeAllOptions,
  ) {
    this.after = after;
    this.filter = filter;
    this.isWanted = wanted(filter);
  }

  async open(): Promise<ReadCall> {
    const head = await this.head();
    // "The end" is where the log ended at first, not where it ends when a connection was lost.
    if (this.after === 'end') this.after = head ?? 'start';
    this.goal = head;
    return this.calls.open(subscribeToAll(this.after, this.filter), '$all');
  }

  take(event: StoredEvent): boolean {
    this.reach(event.position);
    return this.isWanted(event.stream, event.type);
  }

  reach(position: Position): void {
    if (typeof this.after === 'string' || comparePositions(position, this.after) > 0) this.after = position;
  }

  /** Events beyond the last position that the filter would let through. Checkpoints come every 32 events. */
  async isBehind(): Promise<boolean> {
    const from = this.after === 'end' ? 'start' : this.after;
    const next = await this.calls.quick(readAll('forwards', from, LOOK_AHEAD), '$all');
    const after = this.after;
    return next.some(
      ({ position, stream, type }) =>
        (typeof after === 'string' || comparePositions(position, after) > 0) && this.isWanted(stream, type),
    );
  }

  private async head(): Promise<Position | undefined> {
    return (await this.calls.quick(readAll('backwards', 'end', 1), '$all'))[0]?.position;
  }
}

const LOOK_AHEAD = 100;

/** One stream: what was taken is the last revision. */
export class FollowingStream implements Following {
  readonly goal = undefined;
  private after: bigint | 'start' | 'end';

  constructor(
    private readonly calls: ReadCalls,
    private readonly stream: string,
    { after = 'start' }: SubscribeStreamOptions,
  ) {
    this.after = after;
  }

  async open(): Promise<ReadCall> {
    if (this.after === 'end') this.after = (await this.last()) ?? 'start';
    return this.calls.open(subscribeToStream(this.stream, this.after), this.stream);
  }

  take(event: StoredEvent): boolean {
    this.after = event.revision;
    return true;
  }

  reach(): void {}

  async isBehind(): Promise<boolean> {
    const last = await this.last();
    return last !== undefined && (typeof this.after !== 'bigint' || last > this.after);
  }

  private async last(): Promise<bigint | undefined> {
    try {
      return (await this.calls.quick(readStream(this.stream, 'backwards', 'end', 1), this.stream))[0]?.revision;
    } catch (error) {
      if (error instanceof StreamNotFound) return undefined;
      throw error;
    }
  }
}
