import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { LeaseLost, VIEWS, type Keeping, type KeepingLog } from './keeping.js';
import { endSessions, heldByNobody } from '../postgres/sessions.js';
import type { Projection } from '../projections/projection.js';
import {
  addShares,
  beat,
  forgetKeeper,
  letGo,
  loadKeepers,
  loadShares,
  lockAllShares,
  lockShares,
  raisePlan,
  takeShare,
  type KeeperRow,
  type ShareRow,
} from './share-books.js';
import { allShares, CONSTRUCTION, dealt, SHARED_SLOTS } from './shares.js';
import { waitBriefly } from '../projections/tables.js';
import type { AnyDb, Hold, Notices, SqlWriter } from '../writer.js';

/** On which keepers hear that there is something to look at. */
export const VIEWS_KEPT = 'redress_view_shares';

const BEAT_MS = 1_000;
/** So many looks at one and the same beat, and its keeper counts as stalled. */
const STILL_LOOKS = 10;
const RETRY_MS = 1_000;

export interface DealtOptions {
  readonly projections: readonly Projection[];
  /** Of this process, for people. */
  readonly name: string;
  readonly log: KeepingLog;
  /** How often it gives a sign of life and looks at the others'. */
  readonly beatMs?: number | undefined;
}

const lockOfKeeper = (id: string): string => `keeper ${id}`;

interface Sight {
  readonly shares: readonly ShareRow[];
  /** The ids of those who are there, ours among them. */
  readonly keepers: readonly string[];
  readonly gone: readonly string[];
  readonly target: ReadonlyMap<string, string>;
}

/**
 * Shares dealt out among the processes that keep views in one database (DESIGN "Leases"). Who is there holds a lock of a session,
 * which ends with it, and beats; one whose beat stands still for ten looks of another has stalled: its sessions are ended and
 * its shares taken over. No clocks are compared. Each share has an epoch that rises with every keeper; it is compared, and
 * its row locked, in each transaction that writes.
 */
export class KeepingDealt implements Keeping {
  readonly slots = SHARED_SLOTS;
  readonly name: string;
  isStale = true;
  shares: ReadonlySet<string> = new Set();
  private ours = new Map<string, ShareRow>();
  private hold: Hold | undefined;
  private notices: Notices | undefined;
  private beating: Promise<void> | undefined;
  private onStale: () => void = () => undefined;
  private readonly seen = new Map<string, { beats: number; looks: number }>();
  private readonly ending = new AbortController();
  private readonly id: string;

  constructor(
    private readonly writer: SqlWriter,
    private readonly options: DealtOptions,
  ) {
    this.id = writer.process!;
    this.name = options.name;
  }

  async start(onStale: () => void): Promise<void> {
    this.onStale = onStale;
    await this.join();
    await addShares(this.writer.db, allShares(this.options.projections, this.slots));
    // What this process has done itself it knows.
    this.notices = await this.writer.hear(VIEWS_KEPT, (by) => by !== this.id && this.stale());
    this.beating = this.beat();
    await this.tell(this.writer.db);
  }

  async refresh(): Promise<void> {
    const { db } = this.writer;
    this.isStale = false;
    const { shares, target, keepers } = await this.look();
    const isFree = ({ holder }: ShareRow): boolean => holder === null || !keepers.includes(holder);
    const free = shares.filter((it) => isFree(it) && target.get(it.share) === this.id);
    for (const it of free) await this.take(it);
    const leaving = shares.filter(({ share, holder }) => holder === this.id && target.get(share) !== this.id);
    if (leaving.length > 0) {
      await letGo(
        db,
        this.id,
        leaving.map(({ share }) => share),
      );
      await this.tell(db);
    }
    const now = free.length + leaving.length > 0 ? await loadShares(db) : shares;
    const mine = now.filter(({ holder }) => holder === this.id);
    this.ours = new Map(mine.map((it) => [it.share, it]));
    this.shares = new Set(this.ours.keys());
  }

  async confirm(db: AnyDb): Promise<void> {
    if (this.ours.size === 0) return;
    const held = await lockShares(db, [...this.ours.values()]);
    if (held !== this.ours.size) throw this.lost();
  }

  construct: Keeping['construct'] = async (work) => {
    const done = await this.writer.transaction(async (tx) => {
      const shares = await lockAllShares(tx.db);
      const { epoch, plan } = this.ours.get(CONSTRUCTION) ?? {};
      const now = shares.find(({ share }) => share === CONSTRUCTION);
      if (now === undefined || now.epoch !== epoch || now.plan !== plan) throw this.lost();
      const result = await work(tx, shares);
      await raisePlan(tx.db);
      await this.tell(tx.db);
      return result;
    });
    for (const [share, it] of this.ours) this.ours.set(share, { ...it, plan: it.plan + 1 });
    return done;
  };

  async tell(db: AnyDb): Promise<void> {
    await sql`select pg_notify(${VIEWS_KEPT}, current_schema() || ' ' || ${this.id})`.execute(db);
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.beating;
    await this.notices?.close();
    if (this.hold && !this.hold.lost) await this.leave().catch(() => undefined);
    await this.hold?.release();
    this.hold = undefined;
  }

  /** The others need not wait until they miss it. */
  private async leave(): Promise<void> {
    const { db } = this.writer;
    await letGo(db, this.id);
    await forgetKeeper(db, this.id);
    await this.tell(db);
  }

  private lost(): LeaseLost {
    this.isStale = true;
    return new LeaseLost();
  }

  private stale(): void {
    this.isStale = true;
    this.onStale();
  }

  private async join(): Promise<void> {
    await this.hold?.release();
    // Whoever looks whether we are there has our own name for a moment: that is not worth a word.
    const waits = (name: string): void =>
      void (name === VIEWS && this.options.log.info({ name }, 'waiting for its owner to end'));
    const names = [{ together: VIEWS }, lockOfKeeper(this.id)];
    this.hold = await this.writer.hold(names, waits, this.ending.signal);
    await beat(this.writer.db, { id: this.id, name: this.name });
  }

  private async beat(): Promise<void> {
    const { signal } = this.ending;
    const { beatMs = BEAT_MS } = this.options;
    while (!signal.aborted) {
      await pause(beatMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.beatOnce();
      } catch {
        // While the database is away nobody can be missed; whoever writes says what is wrong with it.
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async beatOnce(): Promise<void> {
    const { db } = this.writer;
    if (this.hold!.lost) await this.join();
    else await beat(db, { id: this.id, name: this.name });
    const sight = await this.look(true);
    for (const id of sight.gone) {
      await endSessions(db, id);
      await forgetKeeper(db, id);
      this.options.log.info({ keeper: id }, 'a process that kept views is gone');
    }
    if (this.differs(sight)) this.stale();
  }

  /** Whether there is something to do, or something is not as it was. */
  private differs({ shares, keepers, target }: Sight): boolean {
    return shares.some((it) => {
      const known = this.ours.get(it.share);
      const isMine = it.holder === this.id;
      if (isMine !== (known !== undefined)) return true;
      if (known) return known.epoch !== it.epoch || known.plan !== it.plan || target.get(it.share) !== this.id;
      return target.get(it.share) === this.id && (it.holder === null || !keepers.includes(it.holder));
    });
  }

  /** @param counts whether looking at the same beat again is a sign of its having stalled */
  private async look(counts = false): Promise<Sight> {
    const { db } = this.writer;
    const shares = await loadShares(db);
    const others = (await loadKeepers(db)).filter(({ id }) => id !== this.id);
    const ended =
      others.length === 0
        ? new Set()
        : await heldByNobody(
            db,
            others.map(({ id }) => lockOfKeeper(id)),
          );
    const isGone = (it: KeeperRow): boolean => ended.has(lockOfKeeper(it.id)) || this.standsStill(it, counts);
    const gone = others.filter(isGone).map(({ id }) => id);
    const keepers = [this.id, ...others.map(({ id }) => id).filter((id) => !gone.includes(id))].sort();
    const isThere = (holder: string | null): holder is string => holder !== null && keepers.includes(holder);
    const holders = shares.map(({ share, holder }) => ({ share, holder: isThere(holder) ? holder : undefined }));
    return { shares, keepers, gone, target: dealt(holders, keepers) };
  }

  private standsStill({ id, beats }: KeeperRow, counts: boolean): boolean {
    const known = this.seen.get(id);
    const looks = known?.beats === beats ? known.looks + Number(counts) : 0;
    this.seen.set(id, { beats, looks });
    return looks >= STILL_LOOKS;
  }

  /** One that was taken by another, or is locked for a moment by one that goes, is looked at again at the next beat. */
  private async take(share: ShareRow): Promise<void> {
    const take = async (db: AnyDb): Promise<boolean> => {
      await waitBriefly(db);
      return takeShare(db, share, this.id);
    };
    await this.writer.transaction(({ db }) => take(db)).catch(() => false);
  }
}
