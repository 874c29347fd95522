import { setTimeout as pause } from 'node:timers/promises';
import { comparePositions, type Position } from '#kernel';
import {
  giveOrder,
  migrateViews,
  standingOf,
  takeAnswer,
  VIEWS_CHANGED,
  type Notices,
  type RunnerLog,
  type SharedStanding,
  type SqlWriter,
  type ViewOrder,
} from '#sql';
import { PROJECTIONS } from '#views';
import { ProjectorFailed, type Projector, type ProjectorAdvance } from './projector.js';

const RETRY_MS = 1_000;
const SAY_AGAIN_MS = 10_000;
const NAMES = PROJECTIONS.map(({ name }) => name);

/**
 * The projections of all processes that keep shares of them at the moment: how far they are stands in PostgreSQL beside the
 * views, and every commit of theirs is heard (LISTEN). Waits until there are views to read.
 * @throws DatabaseUnusable, SchemaNewer
 */
export async function followProjector(shared: SqlWriter, log?: RunnerLog): Promise<Projector> {
  await migrateViews(shared.db);
  const projector = new SharedProjector(shared);
  projector.notices = await shared.hear(VIEWS_CHANGED, () => projector.look());
  try {
    await projector.begin(log);
    return projector;
  } catch (error) {
    await projector.stop();
    throw error;
  }
}

class SharedProjector implements Projector {
  notices: Notices | undefined;
  private standing: SharedStanding | undefined;
  private readonly listeners = new Set<(advance: ProjectorAdvance) => void>();
  private readonly looks = new Set<() => void>();
  private looking: Promise<void> | undefined;
  private again = false;
  private readonly ending = new AbortController();

  constructor(private readonly shared: SqlWriter) {}

  async begin(log: RunnerLog | undefined): Promise<void> {
    const say = (): void => log?.info({}, 'waiting for a worker to make the views');
    const saying = setInterval(say, SAY_AGAIN_MS);
    try {
      this.look();
      await this.until(() => this.standing !== undefined);
    } finally {
      clearInterval(saying);
    }
  }

  /** Something was committed: what it was is read, once for many notices. */
  look(): void {
    this.again = true;
    this.looking ??= this.read().finally(() => (this.looking = undefined));
  }

  async waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    const isThere = (): boolean =>
      this.standing !== undefined && comparePositions(this.standing.position, position) >= 0;
    return this.until(isThere, timeoutMs);
  }

  onAdvance(listener: (advance: ProjectorAdvance) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  status(): SharedStanding['status']['projections'] {
    return this.standing?.status.projections ?? [];
  }

  onStatus(listener: () => void): () => void {
    this.looks.add(listener);
    return () => void this.looks.delete(listener);
  }

  failure(): string | undefined {
    return this.standing?.status.failure;
  }

  async rebuild(name: string): Promise<void> {
    const generation = await this.order({ kind: 'rebuild', name });
    await this.until(() => this.status().some((it) => it.name === name && it.generation >= generation));
  }

  retry(name: string, partition?: string): Promise<number> {
    return this.order({ kind: 'retry', name, ...(partition !== undefined && { partition }) });
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.looking;
    await this.notices?.close();
  }

  /** @returns the sum of what those answer whom it concerns */
  private async order(order: ViewOrder): Promise<number> {
    const ids = await giveOrder(this.shared.db, order);
    const results = await Promise.all(ids.map((id) => this.answerTo(id)));
    return results.reduce((sum, result) => sum + result, 0);
  }

  private async answerTo(id: string): Promise<number> {
    for (;;) {
      const looked = this.nextLook();
      const answer = await takeAnswer(this.shared.db, id);
      if (answer !== undefined && 'result' in answer) return answer.result;
      if (answer !== undefined) throw new ProjectorFailed({ code: undefined, ...answer.failure });
      await looked;
    }
  }

  private nextLook(): Promise<void> {
    return new Promise((resolve) => {
      const off = this.onStatus(() => {
        off();
        resolve();
      });
    });
  }

  /** @returns false where time is up, or the projector stopped */
  private async until(isSo: () => boolean, timeoutMs?: number): Promise<boolean> {
    if (isSo()) return true;
    const { signal } = this.ending;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.looks.delete(look);
        signal.removeEventListener('abort', done);
        resolve(isSo());
      };
      const look = (): void => void (isSo() && done());
      const timer = timeoutMs === undefined ? undefined : setTimeout(done, timeoutMs);
      this.looks.add(look);
      signal.addEventListener('abort', done);
    });
  }

  private async read(): Promise<void> {
    while (this.again && !this.ending.signal.aborted) {
      this.again = false;
      try {
        const before = this.standing?.stamp;
        this.standing = (await standingOf(this.shared.db, NAMES)) ?? this.standing;
        this.tell(before);
      } catch {
        // While the database is away nothing moves; what is told when it is back may have been missed.
        this.again = true;
        await pause(RETRY_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
      }
    }
  }

  private tell(before: string | undefined): void {
    for (const look of [...this.looks]) look();
    const { standing } = this;
    // Rows of one share may have moved while another holds up what all have seen.
    if (standing === undefined || standing.stamp === before) return;
    for (const listener of [...this.listeners]) listener({ position: standing.position, caseIds: [] });
  }
}
