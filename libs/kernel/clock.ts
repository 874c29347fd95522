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
  get suspended(): ClockJump | undefined {
    return undefined;
  }

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
/** A wall clock that somebody set, and a machine that slept, are noticed within this time. */
const LOOK_EVERY_MS = 1000;

/** Who wants to know that time cannot be trusted any more, or can be again. */
export interface ClockWatcher {
  jumped(jump: ClockJump): void;
  trusted(): void;
}

/** The machine's clock, watched against the monotonic one (EVENTS.md 19). */
export class SystemClock implements Clock {
  private base = { wallMs: Date.now(), monotonicMs: performance.now() };
  private jump: ClockJump | undefined;
  private readonly watchers = new Set<ClockWatcher>();

  now(): Instant {
    return instant(Date.now());
  }

  get suspended(): ClockJump | undefined {
    const driftMs = Date.now() - this.base.wallMs - (performance.now() - this.base.monotonicMs);
    const before = this.jump;
    if (Math.abs(driftMs) <= TOLERATED_DRIFT_MS) this.jump = undefined;
    else this.jump = { driftMs: Math.round(driftMs), noticedAt: before?.noticedAt ?? this.now() };
    if (before === undefined && this.jump !== undefined) for (const it of this.watchers) it.jumped(this.jump);
    if (before !== undefined && this.jump === undefined) for (const it of this.watchers) it.trusted();
    return this.jump;
  }

  /** An operator says that the wall clock is right as it is now. */
  confirm(): void {
    this.base = { wallMs: Date.now(), monotonicMs: performance.now() };
    // Looks, and tells who watches.
    void this.suspended;
  }

  /** Tells of jumps and of their end, whoever notices them first; looks by itself every second. @returns how to stop it */
  watch(watcher: ClockWatcher): () => void {
    this.watchers.add(watcher);
    const looking = setInterval(() => void this.suspended, LOOK_EVERY_MS);
    looking.unref();
    return () => {
      clearInterval(looking);
      this.watchers.delete(watcher);
    };
  }

  /** Sleeps a second at most at a time: timeouts follow the monotonic clock, and the wall clock may be set meanwhile. */
  wakeAt(at: Instant, wake: () => void): () => void {
    let timer: NodeJS.Timeout;
    const sleep = (): void => {
      const left = Date.parse(at) - Date.now();
      timer = setTimeout(() => (this.now() >= at ? wake() : sleep()), Math.min(Math.max(left, 0), LOOK_EVERY_MS));
      timer.unref();
    };
    sleep();
    return () => clearTimeout(timer);
  }
}
