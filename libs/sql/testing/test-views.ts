import type { Kysely } from 'kysely';
import { comparePositions, type Position } from '#kernel';
import { openEmbeddedEventReader, type EmbeddedEventReader } from '#event-store/embedded';
import type { LostKey } from '#privacy';
import { openEmbeddedVault, type EmbeddedVault } from '#privacy/embedded';
import type { Projection } from '../projections/projection.js';
import type { Row } from '../row.js';
import { ProjectionRunner, type RunnerOptions } from '../projections/runner.js';
import { openSql, openWriter, type SqlPlace } from '../place.js';
import type { SqlWriter } from '../writer.js';
import { MASTER_KEY, type TestLog } from './test-log.js';
import { placeOf } from './test-store.js';

/** The runner over a test log, with a reader, a vault and a place for its rows of its own, as in a worker thread. */
export class TestViews {
  readonly errors: string[] = [];
  readonly lost: LostKey[] = [];

  private constructor(
    readonly runner: ProjectionRunner,
    readonly writer: SqlWriter,
    /** Where the rows are. */
    readonly place: SqlPlace,
    private readonly reader: EmbeddedEventReader,
    private readonly vault: EmbeddedVault,
  ) {}

  static async open(
    log: TestLog,
    projections: readonly Projection[],
    { named, ...options }: Partial<RunnerOptions> & { readonly named?: string } = {},
  ): Promise<TestViews> {
    const reader = await openEmbeddedEventReader({ folder: log.folder });
    const vault = await openEmbeddedVault({ folder: log.folder, masterKey: MASTER_KEY });
    const place = await placeOf(log.folder, named);
    const writer = openWriter(place);
    const errors: string[] = [];
    const lost: LostKey[] = [];
    const runner = new ProjectionRunner({
      reader,
      vault,
      writer,
      projections,
      upcasts: {},
      nowMs: Date.now,
      onLost: (it) => lost.push(it),
      log: { info: () => undefined, error: (_facts, message) => errors.push(message) },
      ...options,
    });
    const views = new TestViews(runner, writer, place, reader, vault);
    Object.assign(views, { errors, lost });
    try {
      await runner.start();
    } catch (error) {
      await views.close();
      throw error;
    }
    return views;
  }

  /** The rows as queries read them, over a connection of its own. */
  reading<Schema>(): Kysely<Schema> {
    return openSql<Schema>(this.place, { readonly: true });
  }

  /** Resolves when every view has come this far. */
  reached(position: Position): Promise<void> {
    return this.when(() => comparePositions(this.runner.reached, position) >= 0);
  }

  /** Resolves when readers see the generation. */
  async serves(name: string, generation: number): Promise<void> {
    for (;;) {
      const status = await this.runner.status();
      const it = status.projections.find((projection) => projection.name === name)!;
      if (it.generation === generation && it.state === 'live') return;
      await nextTurn();
    }
  }

  async rows(table: string): Promise<Row[]> {
    const rows = (await this.writer.db.selectFrom(table).selectAll().execute()) as Row[];
    return rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }

  async close(): Promise<void> {
    await this.runner.stop();
    await this.writer.close();
    await this.reader.close();
    await this.vault.close();
  }

  private async when(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        const told = (): void => {
          this.runner.listeners.delete(told);
          resolve();
        };
        this.runner.listeners.add(told);
        if (holds()) told();
      });
    }
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
