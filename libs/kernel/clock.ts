import { instant, plusMs, type Instant } from './instant.js';

/** The port through which everything learns what time it is. Nothing else reads the machine's clock. */
export interface Clock {
  now(): Instant;
  /** Calls back once at or soon after the instant; returns how to call it off. */
  wakeAt(at: Instant, wake: () => void): () => void;
  /** Set while time cannot be trusted (EVENTS.md 19): settling and writing wait. */
  readonly suspended: ClockJump | undefined;
}

/** Wall clock and monotonic clock parted: `driftMs` is how far the wall clock went beyond the monotonic one. */
export interface ClockJump {
  readonly driftMs: number;
  readonly noticedAt: Instant;
}

/** A clock that stands still until it is moved (EVENTS.md 20). */
export class TestClock implements Clock {
  readonly suspended = undefined;
  private readonly alarms = new Set<{ at: Instant; wake: () => void }>();

  constructor(private at: Instant = '2026-01-05T01:00:00.000Z') {}

  now(): Instant {
    return this.at;
  }

  wakeAt(at: Instant, wake: () => void): () => void {
    const alarm = { at, wake };
    if (at <= this.at) queueMicrotask(() => this.alarms.delete(alarm) && wake());
    this.alarms.add(alarm);
    return () => void this.alarms.delete(alarm);
  }

  /** @throws RangeError when asked to go back: recorded time never falls */
  moveTo(at: Instant): void {
    if (at < this.at) throw new RangeError(`a test clock does not go back (from ${this.at} to ${at})`);
    this.at = at;
    const due = [...this.alarms].filter((alarm) => alarm.at <= at).sort((a, b) => (a.at < b.at ? -1 : 1));
    for (const alarm of due) {
      this.alarms.delete(alarm);
      alarm.wake();
    }
  }

  advance(durationMs: number): void {
    this.moveTo(plusMs(this.at, durationMs));
  }
}

/** Beyond this the machine's clock counts as moved by somebody (EVENTS.md 19). */
const TOLERATED_DRIFT_MS = 60_000;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's clock, watched against the monotonic one (EVENTS.md 19). */
export class SystemClock implements Clock {
  private base = { wallMs: Date.now(), monotonicMs: performance.now() };
  private jump: ClockJump | undefined;

  now(): Instant {
    return instant(Date.now());
  }

  get suspended(): ClockJump | undefined {
    const driftMs = Date.now() - this.base.wallMs - (performance.now() - this.base.monotonicMs);
    if (Math.abs(driftMs) <= TOLERATED_DRIFT_MS) this.jump = undefined;
    else this.jump = { driftMs: Math.round(driftMs), noticedAt: this.jump?.noticedAt ?? this.now() };
    return this.jump;
  }

  /** An operator says that the wall clock is right as it is now. */
  confirm(): void {
    this.base = { wallMs: Date.now(), monotonicMs: performance.now() };
    this.jump = undefined;
  }

  wakeAt(at: Instant, wake: () => void): () => void {
    const left = Date.parse(at) - Date.now();
    let cancel: () => void;
    const timer = setTimeout(
      () => {
        if (this.now() >= at) wake();
        else cancel = this.wakeAt(at, wake);
      },
      Math.min(Math.max(left, 0), LONGEST_TIMEOUT_MS),
    );
    timer.unref();
    cancel = () => clearTimeout(timer);
    return () => cancel();
  }
}
