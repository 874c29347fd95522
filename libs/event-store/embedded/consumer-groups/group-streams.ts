import { newId } from '#kernel';
import type { EmbeddedEventStore } from '../store.js';
import type { EventRow } from '../rows.js';
import { StreamDeleted, StreamNotFound, WrongExpectedRevision } from '../../errors.js';
import type { NewEvent } from '../../port.js';
import { LINK_TYPE } from '../links.js';
import type { Message } from './message.js';

const jsonEvent = (type: string, value: unknown): NewEvent => ({
  id: newId(),
  type,
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(value)),
  metadata: Buffer.alloc(0),
});

/** Read, write, delete, and the same of the metadata. */
const ADMINISTRATORS_ONLY = { $r: '$admins', $w: '$admins', $d: '$admins', $mr: '$admins', $mw: '$admins' };

/** What is kept in the log for one group, under the names that EventStoreDB has for it. */
export class GroupStreams {
  private readonly checkpoints: string;
  private readonly parkedStream: string;

  constructor(
    private readonly store: EmbeddedEventStore,
    key: string,
  ) {
    this.checkpoints = `$persistentsubscription-${key}-checkpoint`;
    this.parkedStream = `$persistentsubscription-${key}-parked`;
  }

  checkpoint(): string | undefined {
    const [row] = this.rows(this.checkpoints, 'backwards', 1);
    return row && (JSON.parse(row[8].toString('utf8', 0, row[7])) as string);
  }

  async writeCheckpoint(place: string): Promise<void> {
    const { revision } = await this.store.append(this.checkpoints, 'any', [
      jsonEvent('$SubscriptionCheckpoint', place),
    ]);
    if (revision === 0n) await this.store.setStreamMetadata(this.checkpoints, { maxCount: 2 });
  }

  /** A parked event is a link to the event, with the reason in its metadata. */
  async park({ delivery, original }: Message, reason: string, nowMs: number): Promise<void> {
    const { event } = delivery;
    const target = event === undefined ? original[8].toString('utf8', 0, original[7]) : `${event[2]}@${event[1]}`;
    const metadata = { added: new Date(nowMs).toISOString(), reason, subscriptionEventNumber: original[2] };
    await this.store.append(this.parkedStream, 'any', [
      {
        id: newId(),
        type: LINK_TYPE,
        contentType: 'application/octet-stream',
        data: Buffer.from(target),
        metadata: Buffer.from(JSON.stringify(metadata)),
      },
    ]);
  }

  parkedCount(): number {
    const page = this.parkedPage(0n, 1);
    return page === undefined ? 0 : Math.max(0, Number(page.last - page.first) + 1);
  }

  /** Parked events that were not replayed yet, of revisions below `stopAt`. */
  parked(stopAt: number): EventRow[] {
    const rows = this.parkedPage(0n, MAX_REPLAYED)?.rows ?? [];
    return rows.filter((row) => row[2] < stopAt);
  }

  /** They are with the consumers now. */
  async forgetParkedUpTo(revision: number): Promise<void> {
    await this.store.setStreamMetadata(this.parkedStream, {
      truncateBefore: BigInt(revision) + 1n,
      custom: { $acl: ADMINISTRATORS_ONLY },
    });
  }

  async delete(): Promise<void> {
    for (const stream of [this.checkpoints, this.parkedStream]) {
      try {
        await this.store.deleteStream(stream, 'any');
      } catch (error) {
        // There was nothing of it.
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
  }

  private parkedPage(from: bigint, limit: number) {
    return this.found(() => this.store.queries.streamPage(this.parkedStream, 'forwards', from, limit));
  }

  private rows(stream: string, direction: 'forwards' | 'backwards', limit: number): EventRow[] {
    const from = direction === 'forwards' ? 0n : 2n ** 62n;
    return this.found(() => this.store.queries.streamPage(stream, direction, from, limit))?.rows ?? [];
  }

  private found<Result>(ask: () => Result): Result | undefined {
    try {
      return ask();
    } catch (error) {
      if (error instanceof StreamNotFound || error instanceof StreamDeleted) return undefined;
      throw error;
    }
  }
}

/** So many at once: what is left is replayed by asking again. */
const MAX_REPLAYED = 10_000;
