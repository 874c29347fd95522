/** EventStoreDB reads up to so many events of `$all` at once. */
const PAGE = 32;

/** After how many events a filtered subscription is due a checkpoint. */
export interface CheckpointPace {
  /** So many events are looked at in one go, which makes a page of history. */
  readonly window: number;
  /** In events. */
  readonly interval: number;
}

/**
 * When a filtered subscription says how far it has looked, and what it says then, as EventStoreDB: in history between two pages, and
 * the place is the last event of the page that was sent, or the first that was looked at; live after any event.
 */
export class Checkpoints {
  /** Events since the last one. */
  private counted = 0;
  private looked = 0;
  private matched = 0;
  private place: number | undefined;

  constructor(private readonly pace: CheckpointPace) {}

  /** An event of history was looked at. @returns the position that is due to be told */
  inHistory(position: number, matches: boolean): number | undefined {
    this.looked++;
    if (matches) this.matched++;
    if (matches || this.place === undefined) this.place = position;
    if (this.looked < this.pace.window && this.matched < PAGE) return undefined;
    const { place } = this;
    this.endHistory();
    if (this.counted < this.pace.interval) return undefined;
    this.counted %= this.pace.interval;
    return place;
  }

  /** What was looked at since the last full page counts on. */
  endHistory(): void {
    this.counted += this.looked;
    this.looked = 0;
    this.matched = 0;
    this.place = undefined;
  }

  /** An event was looked at as it came. @returns the position that is due to be told */
  live(position: number): number | undefined {
    if (++this.counted < this.pace.interval) return undefined;
    this.counted = 0;
    return position;
  }
}
