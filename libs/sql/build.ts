import type { Row } from './row.js';
import type { Table } from './projection.js';
import { physicalName } from './shape.js';
import { physicalTable } from './session.js';
import {
  createIndex,
  createTables,
  dropTables,
  dropTablesBut,
  gatherStatistics,
  indexesOf,
  isLockTimeout,
  serve,
  waitBriefly,
} from './tables.js';
import { forgetTrack, insertTrack, saveStanding, tablesInBooks } from './books.js';
import { newTrack, type Phase, type Track } from './track.js';
import type { Projection } from './projection.js';
import type { SqlWriter } from './writer.js';

/** So often a swap gives way to readers before it counts as failed. */
const MOST_SWAPS = 20;
/** How many rows of the source are derived from in one slice. */
const DERIVE_SLICE = 200;

type DerivedTable = Extract<Table, { kind: 'derived' }>;

interface Progress {
  /** Which derived table, and the key behind which it goes on. */
  table: number;
  after: string;
  index: number;
}

/** Makes generations, completes them in slices after their bulk load, puts them before the readers, and removes them. */
export class Construction {
  private progress = new WeakMap<Track, Progress>();

  constructor(private readonly writer: SqlWriter) {}

  /** An empty generation. The first one of a projection is before the readers at once: there is nothing else to see. */
  async begin(projection: Projection, generation: number, serving: boolean): Promise<Track> {
    const track = newTrack(projection, generation, serving);
    await this.writer.transaction(async ({ db }) => {
      await createTables(db, track);
      await insertTrack(db, track);
      if (serving) await serve(db, track);
    });
    return track;
  }

  /** Goes on by one slice: one batch of derived rows, or one index. */
  async slice(track: Track): Promise<void> {
    const progress = this.progressOf(track);
    if (track.phase === 'deriving') await this.derive(track, progress);
    else if (track.phase === 'indexing') await this.index(track, progress);
  }

  async enter(track: Track, phase: Phase): Promise<void> {
    await this.writer.transaction(({ db }) => saveStanding(db, track, { phase }));
    track.phase = phase;
  }

  /** Readers see the new generation from one statement to the next; the old one is gone from the books with it. */
  async swap(fresh: Track, old: Track | undefined): Promise<void> {
    const swap = (): Promise<void> =>
      this.writer.transaction(async ({ db }) => {
        await waitBriefly(db);
        await serve(db, fresh);
        await saveStanding(db, fresh, { serving: true });
        if (old) await forgetTrack(db, old);
      });
    for (let tries = 1; ; tries++) {
      try {
        await swap();
        break;
      } catch (error) {
        if (!isLockTimeout(error) || tries === MOST_SWAPS) throw error;
      }
    }
    fresh.serving = true;
  }

  async abandon(track: Track): Promise<void> {
    await this.writer.transaction(({ db }) => forgetTrack(db, track));
    await this.drop(track);
  }

  async drop(track: Track): Promise<void> {
    await this.writer.transaction(({ db }) => dropTables(db, track));
    this.writer.scrub();
  }

  /** Tables of generations that went out of the books before a crash: they would keep what is erased elsewhere. */
  async dropLeftovers(): Promise<void> {
    const found = await this.writer.transaction(async ({ db }) => dropTablesBut(db, await tablesInBooks(db)));
    if (found) this.writer.scrub();
  }

  /** After a failure nobody knows how far a slice has come: what is under construction begins its phase again. */
  forgetProgress(): void {
    this.progress = new WeakMap();
  }

  private async derive(track: Track, progress: Progress): Promise<void> {
    const tables = derivedTables(track);
    const table = tables[progress.table];
    if (!table) return this.enter(track, 'indexing');
    const { from, shape } = table;
    const key = from.key[0]!;
    const rows = await this.writer.transaction(async (tx) => {
      if (progress.after === '') await tx.db.deleteFrom(physicalName(shape, track.generation)).execute();
      const source: Row[] = await tx.db
        .selectFrom(physicalName(from, track.generation))
        .selectAll()
        .where(key, '>', progress.after)
        .orderBy(key)
        .limit(DERIVE_SLICE)
        .execute();
      await tx.insert(physicalTable(shape, track.generation), source.flatMap(table.derive));
      return source;
    });
    const last = rows.at(-1);
    if (last) progress.after = String(last[key]);
    if (rows.length === DERIVE_SLICE) return;
    progress.table++;
    progress.after = '';
  }

  private async index(track: Track, progress: Progress): Promise<void> {
    const next = indexesOf(track)[progress.index];
    if (next) {
      await this.writer.transaction(({ db }) => createIndex(db, next));
      progress.index++;
      return;
    }
    await gatherStatistics(this.writer.db, track);
    await this.enter(track, 'ready');
  }

  private progressOf(track: Track): Progress {
    const known = this.progress.get(track) ?? { table: 0, after: '', index: 0 };
    this.progress.set(track, known);
    return known;
  }
}

const derivedTables = (track: Track): DerivedTable[] =>
  track.projection.tables.filter((table): table is DerivedTable => table.kind === 'derived');
