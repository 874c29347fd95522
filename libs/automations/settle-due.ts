import { plusMs, type Clock, type Instant } from '#kernel';

export type Settled = 'settled' | 'nothing_due' | 'failed';

export interface SettleDuePorts {
  readonly clock: Clock;
  /** The earliest instant at which something falls due in any case, undefined where nothing runs. */
  readonly nextDue: () => Promise<Instant | undefined>;
  /** Cases with something due strictly before the instant, the earliest first, at most `limit` deadlines of them. */
  readonly casesDueBefore: (instant: Instant, limit: number) => Promise<readonly string[]>;
  /** Sends SettleCase. One that was settled meanwhile has nothing due. */
  readonly settle: (caseId: string) => Promise<Settled>;
  readonly onSettled?: (outcome: Settled) => void;
  /** A view or the executor failed; it is tried again after a rest. */
  readonly onFailure?: (error: unknown) => void;
}

const BATCH = 200;
/** How long to leave alone what stays due in the view though it was settled: nothing may spin. */
const REST_MS = 1000;

/**
 * When a deadline or promise falls due, then the case is settled (EVENTS.md 12). Sleeps until the next due instant and is
 * armed anew when the views advance: it polls nothing. Whether it runs, when, or how often changes no event but the
 * recorded instant of its own.
 */
export class SettleDue {
  private cancelWake: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;
  /** When a case was settled last, kept while the view still calls it due. */
  private readonly tried = new Map<string, Instant>();

  constructor(private readonly ports: SettleDuePorts) {}

  /** Looks up what is due. Call it at the start, when the views advanced, and when the clock can be trusted again. */
  arm(): void {
    if (this.stopped) return;
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      // An arming between the last look and this moment must not be lost.
      if (this.again) this.arm();
    });
  }

  /** Goes on after a stop. */
  start(): void {
    this.stopped = false;
    this.arm();
  }

  /** Ends after what it is doing. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelWake();
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      try {
        if (this.ports.clock.suspended === undefined) await this.settleDue();
        await this.sleepUntilNext();
      } catch (error) {
        this.ports.onFailure?.(error);
        this.wakeIn(REST_MS);
      }
    }
    if (this.stopped) this.again = false;
  }

  private async settleDue(): Promise<void> {
    const now = this.ports.clock.now();
    const due = await this.ports.casesDueBefore(now, BATCH);
    const named = new Set(due);
    for (const caseId of this.tried.keys()) if (!named.has(caseId)) this.tried.delete(caseId);
    await Promise.all(due.map((caseId) => this.settleOne(caseId, now)));
  }

  private async settleOne(caseId: string, now: Instant): Promise<void> {
    const before = this.tried.get(caseId);
    if (this.stopped || (before !== undefined && now < plusMs(before, REST_MS))) return;
    this.tried.set(caseId, now);
    const outcome = await this.ports.settle(caseId);
    this.ports.onSettled?.(outcome);
  }

  private async sleepUntilNext(): Promise<void> {
    const next = await this.ports.nextDue();
    if (next === undefined || this.stopped) return this.cancelWake();
    // What happens at the due instant itself is in time, so the timer comes one millisecond later.
    const due = plusMs(next, 1);
    // What is past was tried just now; the view's next advance arms us, and failing that a rest is over some time.
    if (due > this.ports.clock.now()) this.wakeAt(due);
    else this.wakeIn(REST_MS);
  }

  private wakeIn(durationMs: number): void {
    this.wakeAt(plusMs(this.ports.clock.now(), durationMs));
  }

  private wakeAt(at: Instant): void {
    this.cancelWake();
    this.cancelWake = this.ports.clock.wakeAt(at, () => this.arm());
  }
}
