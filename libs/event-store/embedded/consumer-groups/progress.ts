import type { GroupSettings } from '../../consumer-groups.js';
import type { GroupParts } from './group.js';

type Parts = Pick<GroupParts, 'source' | 'streams' | 'now' | 'onFault'>;

/**
 * How far a group has come. Events are numbered as they are read; the checkpoint is the place before the first that is
 * not settled, so that nothing is lost by a restart, though what was settled behind it comes again.
 */
export class Progress {
  /** The last place that was read. */
  read: number;
  checkpointed: number | undefined;
  private nextSequence = 0;
  private checkpointedSequence = -1;
  private lastMarkMs = -Infinity;
  private writing = false;
  /** What is being written down, or was: settles when it is. */
  written: Promise<void> = Promise.resolve();
  /** Sequence numbers that are not settled, in order, with the place before each. */
  private readonly unsettled = new Map<number, number>();

  constructor(
    private readonly settings: GroupSettings,
    private readonly parts: Parts,
    startAfter: number,
    isCheckpoint: boolean,
  ) {
    this.read = startAfter;
    if (isCheckpoint) this.checkpointed = startAfter;
  }

  /** The next event of the source, which somebody has to settle. */
  take(place: number): number {
    this.unsettled.set(this.nextSequence, this.read);
    this.read = place;
    return this.nextSequence++;
  }

  /** The filter leaves it out. */
  skip(place: number): void {
    this.read = place;
    this.nextSequence++;
  }

  settle(sequence: number): void {
    this.unsettled.delete(sequence);
  }

  /** Writes a checkpoint where enough was settled: a minimum at every tick, a maximum at any time. */
  mark(isTick: boolean): void {
    const { checkpointAfterMs, minCheckpointCount, maxCheckpointCount } = this.settings;
    const { sequence } = this.settled();
    const count = sequence - this.checkpointedSequence;
    if (count <= 0 || this.writing) return;
    const nowMs = this.parts.now();
    const sinceMs = nowMs - this.lastMarkMs;
    const early = checkpointAfterMs === 0 || sinceMs < checkpointAfterMs;
    if (early && count < maxCheckpointCount) return;
    if (count >= maxCheckpointCount || (isTick && count >= minCheckpointCount)) {
      this.lastMarkMs = nowMs;
      this.written = this.write().catch((error: unknown) => this.parts.onFault(error));
    }
  }

  async flush(): Promise<void> {
    if (this.settled().sequence > this.checkpointedSequence) await this.write();
  }

  private settled(): { readonly sequence: number; readonly place: number } {
    const first = this.unsettled.entries().next();
    if (first.done === true) return { sequence: this.nextSequence - 1, place: this.read };
    const [sequence, placeBefore] = first.value;
    return { sequence: sequence - 1, place: placeBefore };
  }

  private async write(): Promise<void> {
    const { sequence, place } = this.settled();
    this.writing = true;
    this.checkpointedSequence = sequence;
    this.checkpointed = place;
    try {
      await this.parts.streams.writeCheckpoint(this.parts.source.text(place));
    } finally {
      this.writing = false;
    }
  }
}
