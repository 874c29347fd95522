import type { Kysely } from 'kysely';
import { comparePositions, START, type Position } from '#kernel';
import { openSql, type SqlWriter } from '#sql';
import type { ViewsSchema } from '#views';
import { startProjector, type Projector, type ProjectorOptions } from '../../worker/projector.js';
import { followProjector } from '../../worker/shared-projector.js';
import { viewsPlace } from '../../worker/views-place.js';

export interface HowViewsAreKept {
  /** Whether this process keeps them, or a share of them. */
  readonly keeps: boolean;
  /** The database in which several processes have them in common. */
  readonly shared: SqlWriter | undefined;
}

/** The views of a log: their rows, who keeps them, and how far they have come. */
export class ViewAccess {
  private position: Position;

  private constructor(
    readonly projector: Projector,
    readonly db: Kysely<ViewsSchema>,
    private readonly keeper: Projector | undefined,
  ) {
    this.position = projector.status().reduce((least, { checkpoint = START }) => lesser(least, checkpoint), END);
    if (this.position === END) this.position = START;
    projector.onAdvance(({ position }) => {
      this.position = position;
    });
  }

  static async open(options: ProjectorOptions, how: HowViewsAreKept): Promise<ViewAccess> {
    const keeper = how.keeps ? await startProjector({ ...options, process: how.shared?.process }) : undefined;
    try {
      const projector = how.shared ? await followProjector(how.shared, options.log) : (keeper ?? PAUSED);
      const place = viewsPlace(options.folder, options.databaseUrl);
      const db = openSql<ViewsSchema>(place, { readonly: projector !== PAUSED });
      return new ViewAccess(projector, db, keeper);
    } catch (error) {
      await keeper?.stop();
      throw error;
    }
  }

  get reached(): Position {
    return this.position;
  }

  async close(): Promise<void> {
    await this.db.destroy();
    await this.projector.stop();
    await this.keeper?.stop();
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
