import { START, type Position } from '#kernel';
import type { EventReader, StoredEvent } from '#event-store';
import { samePosition } from './checkpoints.js';
import { LiveFeed } from './live-feed.js';
import type { Track } from './track.js';

/** The tracks that have caught up with the log: they follow it together. */
export class LiveTracks {
  private readonly tracks = new Set<Track>();
  private feed: LiveFeed | undefined;
  private position: Position = START;

  constructor(
    private readonly reader: EventReader,
    private readonly wake: () => void,
  ) {}

  get all(): readonly Track[] {
    return [...this.tracks];
  }

  has(track: Track): boolean {
    return this.tracks.has(track);
  }

  /** How far they are; undefined where there are none. Whoever catches up is to meet them there. */
  get reached(): Position | undefined {
    return this.feed && this.position;
  }

  /** When the oldest event that they have not seen was written. */
  get oldestMs(): number | undefined {
    return this.feed?.oldestMs;
  }

  /** The next events; `advance` says when they are in the rows. @throws what the feed failed with */
  take(most: number): readonly StoredEvent[] {
    if (this.feed?.failure) throw this.feed.failure;
    return this.feed?.take(most) ?? [];
  }

  advance(to: Position): void {
    this.position = to;
  }

  join(track: Track): void {
    if (!this.feed) {
      this.position = track.checkpoint;
      this.feed = new LiveFeed(this.reader, this.position, this.wake);
    }
    this.tracks.add(track);
  }

  /** Without those that are stopped, or that others have taken up. */
  drop(...gone: readonly Track[]): void {
    for (const track of gone) this.tracks.delete(track);
  }

  /** The tracks are others: those that are where the feed is follow on. */
  replace(readers: readonly Track[]): void {
    this.tracks.clear();
    if (!this.feed) return;
    for (const track of readers) {
      const { phase, serving } = track.of;
      const isThrough = phase === 'ready' && (serving || track.arrived === 'ready');
      if (isThrough && samePosition(track.checkpoint, this.position)) this.tracks.add(track);
    }
    if (this.tracks.size === 0) this.leave();
  }

  /** What was taken may not be in the rows: everything catches up from where it is. */
  leave(): void {
    this.feed?.close();
    this.feed = undefined;
    this.tracks.clear();
  }
}
