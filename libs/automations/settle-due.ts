import { WakingLoop } from '#jobs';
import { plusMs, type Clock, type Instant } from '#kernel';

export type Settled = 'settled' | 'nothing_due' | 'failed';
/** `handed_on`: somebody else settles it, and tells what became of it. */
export type Settling = Settled | 'handed_on';

/** Something that comes due in a case, as the view knows it. */
export interface DueEntry {
  readonly caseId: string;
  readonly at: Instant;
  /** Orders what is due at one instant. */
  readonly seq: number;
}

export interface SettleDuePorts {
  readonly clock: Clock;
  /** The earliest instant from `from` on at which something falls due in any case, undefined where nothing does. */
  readonly nextDue: (from: Instant) => Promise<Instant | undefined>;
  /** What is due strictly before the instant and behind `after`, the earliest first, at most `limit` of it. */
  readonly dueBefore: (instant: Instant, limit: number, after?: DueEntry) => Promise<readonly DueEntry[]>;
  /** Sends SettleCase, or has it sent. One that was settled meanwhile has nothing due. */
  readonly settle: (caseId: string, due: DueEntry) => Promise<Settling>;
  /** How long to leave alone what stays due in the view though it was settled; doubled each time. Default a second. */
  readonly firstRestMs?: number;
  readonly onSettled?: (outcome: Settled) => void;
  /** A view or the executor failed; it is tried again after a rest. */
  readonly onFailure?: (error: unknown) => void;
}

/** As many cases are settled at a time: enough to fill a commit of the log, and no more than memory holds easily. */
const BATCH = 250;
/** Nothing may spin. */
const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 300_000;

/** The last settlement of a case that the view still calls due: it covers all that was due before that instant. */
interface Tried {
  readonly at: Instant;
  readonly restMs: number;
}

/**
 * When a deadline or promise falls due, then the case is settled (EVENTS.md 12). Sleeps until the next due instant and is
 * armed anew when the views advance: it polls nothing. Whether it runs, when, or how often changes no event but the
 * recorded instant of its own.
 */
export class SettleDue {
  private readonly loop: WakingLoop;
  private readonly tried = new Map<string, Tried>();

  constructor(private readonly ports: SettleDuePorts) {
    const { clock, onFailure } = ports;
    this.loop = new WakingLoop({ clock, work: () => this.settleAllDue(), onFailure });
  }

  /** Looks up what is due. Call it at the start, when the views advanced, and when the clock can be trusted again. */
  arm(): void {
    this.loop.arm();
  }

  /** What was handed on is lost: all that is due is settled anew. */
  forget(): void {
    this.tried.clear();
    this.arm();
  }

  /** Goes on after a stop. */
  start(): void {
    this.loop.start();
  }

  /** Ends after what it is doing. */
  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async settleAllDue(): Promise<Instant | undefined> {
    const now = this.ports.clock.now();
    await this.settleDueBefore(now);
    return this.nextLook(now);
  }

  /** EVENTS.md 19: nothing is due while the clock cannot be trusted. */
  private get waits(): boolean {
    return this.loop.isStopped || this.ports.clock.suspended !== undefined;
  }

  /** All that is due, batch after batch. What a lagging view still calls due holds nobody up. */
  private async settleDueBefore(now: Instant): Promise<void> {
    const seen = new Set<string>();
    for (let after: DueEntry | undefined; ;) {
      const due = await this.ports.dueBefore(now, BATCH, after);
      const fresh = new Map<string, DueEntry>();
      for (const entry of due) {
        if (!seen.has(entry.caseId) && !this.rests(entry, now)) fresh.set(entry.caseId, entry);
        seen.add(entry.caseId);
      }
      await Promise.all([...fresh.values()].map((entry) => this.settleOne(entry, now)));
      if (this.waits) return;
      if (due.length < BATCH) break;
      after = due.at(-1);
    }
    for (const caseId of this.tried.keys()) if (!seen.has(caseId)) this.tried.delete(caseId);
  }

  /** What came due later than its case was settled last is new; all else was settled then, and the view will say so. */
  private rests({ caseId, at }: DueEntry, now: Instant): boolean {
    const tried = this.tried.get(caseId);
    return tried !== undefined && at < tried.at && now < plusMs(tried.at, tried.restMs);
  }

  private async settleOne(due: DueEntry, now: Instant): Promise<void> {
    if (this.loop.isStopped) return;
    const { caseId, at } = due;
    const { firstRestMs = FIRST_REST_MS } = this.ports;
    const tried = this.tried.get(caseId);
    const isAgain = tried !== undefined && at < tried.at;
    this.tried.set(caseId, { at: now, restMs: isAgain ? Math.min(2 * tried.restMs, LONGEST_REST_MS) : firstRestMs });
    try {
      const outcome = await this.ports.settle(caseId, due);
      if (outcome !== 'handed_on') this.ports.onSettled?.(outcome);
    } catch (error) {
      // One case that cannot be settled keeps no other one waiting.
      this.ports.onSettled?.('failed');
      this.ports.onFailure?.(error);
    }
  }

  private async nextLook(now: Instant): Promise<Instant | undefined> {
    const due = await this.ports.nextDue(now);
    // What happens at the due instant itself is in time, so the timer comes one millisecond later.
    let next = due === undefined ? undefined : plusMs(due, 1);
    for (const { at, restMs } of this.tried.values()) {
      const over = plusMs(at, restMs);
      if (next === undefined || over < next) next = over;
    }
    return next;
  }
}
