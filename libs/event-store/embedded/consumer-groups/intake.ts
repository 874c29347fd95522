import type { GroupDefinition } from './definition.js';
import type { GroupParts } from './group.js';
import type { Message } from './message.js';
import type { Progress } from './progress.js';
import type { EventRow } from '../rows.js';

type Parts = Pick<GroupParts, 'source' | 'links'>;

/** What waits in memory does not grow beyond this, whatever the buffer's size in events. */
const MAX_BYTES = 16 * 1024 * 1024;
const LIVE_PAGE = 100;

/**
 * What a group has read and nobody has yet. As in EventStoreDB it is read ahead, whether or not anybody consumes: history in batches
 * while the buffer has room for one, as reads show it; then live, event by event as they are written, whatever the stream's
 * metadata hide; back to history where the buffer runs over.
 */
export class Intake {
  /** In order. */
  waiting: Message[] = [];
  /** The last place that was heard of. */
  lastKnown: number | undefined;
  /** Live events that EventStoreDB would keep at hand. */
  liveCount = 0;

  constructor(
    private readonly definition: GroupDefinition,
    private readonly parts: Parts,
    private readonly progress: Progress,
    public isLive: boolean,
  ) {}

  /** @param retrying what comes again takes room, too @returns whether there was anything */
  read(retrying: number): boolean {
    if (this.isLive) return this.readLive();
    const { historyBufferSize, readBatchSize } = this.definition.settings;
    const hasRoom = historyBufferSize - this.waiting.length - retrying > readBatchSize && !this.isHeavy();
    return hasRoom && this.readHistory(Math.max(readBatchSize, 1));
  }

  private readHistory(limit: number): boolean {
    const { rows, end } = this.parts.source.history(this.progress.read, limit);
    this.takeAll(rows);
    if (end === undefined) return true;
    // What is hidden now must not come as live.
    this.progress.read = Math.max(this.progress.read, end);
    this.isLive = true;
    this.liveCount = 0;
    return this.readLive() || rows.length > 0;
  }

  private readLive(): boolean {
    const { historyBufferSize, liveBufferSize } = this.definition.settings;
    const rows = this.parts.source.written(this.progress.read, LIVE_PAGE);
    const room = this.isHeavy() ? 0 : Math.max(0, historyBufferSize - this.waiting.length);
    const taken = rows.slice(0, room);
    const count = this.takeAll(taken);
    this.liveCount = Math.min(liveBufferSize, this.liveCount + count);
    if (taken.length < rows.length) this.isLive = false;
    return taken.length > 0;
  }

  /** @returns how many the filter let through */
  private takeAll(rows: readonly EventRow[]): number {
    const { source, links } = this.parts;
    const wanted = source.select(rows);
    let count = 0;
    for (const [index, row] of rows.entries()) {
      const place = source.placeOf(row);
      if (!wanted[index]) {
        this.progress.skip(place);
        continue;
      }
      const delivery = this.definition.settings.resolveLinks ? links.resolve(row) : { event: row };
      this.waiting.push({ delivery, original: row, retryCount: 0, sequence: this.progress.take(place) });
      this.lastKnown = place;
      count++;
    }
    return count;
  }

  private isHeavy(): boolean {
    return this.waiting.reduce((sum, { original }) => sum + original[8].length, 0) > MAX_BYTES;
  }
}
