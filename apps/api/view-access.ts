import type { Kysely } from 'kysely';
import { comparePositions, START, type Position } from '#kernel';
import { openSql } from '#sql';
import type { ViewsSchema } from '#views';
import { startProjector, type Projector, type ProjectorOptions } from '../worker/projector.js';
import { viewsPlace } from '../worker/views-place.js';

/** The views of a log: their rows, who keeps them, and how far they have come. */
export class ViewAccess {
  private position: Position;

  private constructor(
    readonly projector: Projector,
    readonly db: Kysely<ViewsSchema>,
  ) {
    this.position = projector.status().reduce((least, { checkpoint = START }) => lesser(least, checkpoint), END);
    if (this.position === END) this.position = START;
    projector.onAdvance(({ position }) => {
      this.position = position;
    });
  }

  static async open(options: ProjectorOptions, isPaused: boolean): Promise<ViewAccess> {
    const projector = isPaused ? PAUSED : await startProjector(options);
    const place = viewsPlace(options.folder, options.databaseUrl);
    const db = openSql<ViewsSchema>(place, { readonly: !isPaused });
    return new ViewAccess(projector, db);
  }

  get reached(): Position {
    return this.position;
  }

  async close(): Promise<void> {
    await this.db.destroy();
    await this.projector.stop();
  }
}

const END: Position = { commit: 1n << 63n, prepare: 1n << 63n };
const lesser = (a: Position, b: Position): Position => (comparePositions(a, b) <= 0 ? a : b);

/** Views stand still where they are, so that a benchmark sees what writing costs by itself. */
const PAUSED: Projector = {
  waitFor: () => Promise.resolve(false),
  onAdvance: () => () => undefined,
  status: () => [],
  onStatus: () => () => undefined,
  failure: () => undefined,
  rebuild: () => Promise.reject(new Error('the projections are paused')),
  retry: () => Promise.reject(new Error('the projections are paused')),
  stop: () => Promise.resolve(),
};
