import type { Row } from '../row.js';
import type { Table } from './projection.js';
import { physicalName } from '../shape.js';
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
import { forgetGeneration, insertGeneration, saveStanding, tablesInBooks } from './books.js';
import type { Keeping } from '../keeping/keeping.js';
import { newGeneration, type Generation, type Phase } from './track.js';
import type { Projection } from './projection.js';
import type { SqlWriter } from '../writer.js';

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

/**
 * Makes generations, completes them in slices after their bulk load, puts them before the readers, and removes them. What
 * others must know of stands in the books, which everybody reads again then.
 */
export class Construction {
  private progress = new Map<string, Progress>();

  constructor(
    /** Fenced: it commits only while the construction is ours. */
    private readonly writer: SqlWriter,
    private readonly keeping: Pick<Keeping, 'construct'>,
  ) {}

  /** An empty generation. The first one of a projection is before the readers at once: there is nothing else to see. */
  async begin(projection: Projection, generation: number, serving: boolean): Promise<void> {
    const fresh = newGeneration(projection, generation, serving);
    await this.keeping.construct(async ({ db }) => {
      await createTables(db, fresh);
      await insertGeneration(db, fresh);
      if (serving) await serve(db, fresh);
    });
  }

  /** Goes on by one slice: one batch of derived rows, or one index. @returns whether it has entered another phase */
  async slice(generation: Generation): Promise<boolean> {
    const progress = this.progressOf(generation);
    return generation.phase === 'deriving' ? this.derive(generation, progress) : this.index(generation, progress);
  }

  async enter(generation: Generation, phase: Phase): Promise<true> {
    await this.keeping.construct(({ db }) => saveStanding(db, generation, { phase }));
    return true;
  }

  /** Readers see the new generation from one statement to the next; the old one is gone from the books with it. */
  async swap(fresh: Generation, old: Generation | undefined): Promise<void> {
    const swap = (): Promise<void> =>
      this.keeping.construct(async ({ db }, shares) => {
        await waitBriefly(db);
        await serve(db, fresh);
        await saveStanding(db, fresh, { serving: true });
        if (old) await forgetGeneration(db, old, shares);
      });
    for (let tries = 1; ; tries++) {
      try {
        await swap();
        break;
      } catch (error) {
        if (!isLockTimeout(error) || tries === MOST_SWAPS) throw error;
      }
    }
    if (old) await this.drop(old);
  }

  async abandon(generation: Generation): Promise<void> {
    await this.keeping.construct(({ db }, shares) => forgetGeneration(db, generation, shares));
    await this.drop(generation);
  }

  /** Tables of generations that went out of the books before a crash: they would keep what is erased elsewhere. */
  async dropLeftovers(): Promise<void> {
    const found = await this.writer.transaction(async ({ db }) => dropTablesBut(db, await tablesInBooks(db)));
    if (found) this.writer.scrub();
  }

  /** After a failure nobody knows how far a slice has come: what is under construction begins its phase again. */
  forgetProgress(): void {
    this.progress.clear();
  }

  private async drop(generation: Generation): Promise<void> {
    await this.writer.transaction(({ db }) => dropTables(db, generation));
    this.writer.scrub();
  }

  private async derive(generation: Generation, progress: Progress): Promise<boolean> {
    const tables = derivedTables(generation);
    const table = tables[progress.table];
    if (!table) return this.enter(generation, 'indexing');
    const { from, shape } = table;
    const key = from.key[0]!;
    const rows = await this.writer.transaction(async (tx) => {
      if (progress.after === '') await tx.db.deleteFrom(physicalName(shape, generation.generation)).execute();
      const source: Row[] = await tx.db
        .selectFrom(physicalName(from, generation.generation))
        .selectAll()
        .where(key, '>', progress.after)
        .orderBy(key)
        .limit(DERIVE_SLICE)
        .execute();
      await tx.insert(physicalTable(shape, generation.generation), source.flatMap(table.derive));
      return source;
    });
    const last = rows.at(-1);
    if (last) progress.after = String(last[key]);
    if (rows.length === DERIVE_SLICE) return false;
    progress.table++;
    progress.after = '';
    return false;
  }

  private async index(generation: Generation, progress: Progress): Promise<boolean> {
    const next = indexesOf(generation)[progress.index];
    if (next) {
      await this.writer.transaction(({ db }) => createIndex(db, next));
      progress.index++;
      return false;
    }
    await gatherStatistics(this.writer.db, generation);
    return this.enter(generation, 'ready');
  }

  private progressOf({ projection, generation, phase }: Generation): Progress {
    const key = `${projection.name} ${generation} ${phase}`;
    const known = this.progress.get(key) ?? { table: 0, after: '', index: 0 };
    this.progress.set(key, known);
    return known;
  }
}

const derivedTables = ({ projection }: Generation): DerivedTable[] =>
  projection.tables.filter((table): table is DerivedTable => table.kind === 'derived');
