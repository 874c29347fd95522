import { WakingLoop } from '#jobs';
import { plusMs, type Clock, type Instant } from '#kernel';

/** Public holidays that were published while cases were running. */
export interface PublishedCalendar {
  readonly country: string;
  /** What deadlines name, e.g. `cn-2027`. */
  readonly calendar: string;
  readonly publishedAt: Instant;
}

export type Recomputed = 'moved' | 'unchanged' | 'failed';

export interface RecomputeProvisionalPorts {
  readonly clock: Clock;
  /** The publications by which not everything was counted again yet, in the order of the log. */
  readonly pending: () => readonly PublishedCalendar[];
  /** Waits until the views have seen all that the log holds now. @returns false where they do not come that far */
  readonly viewsCaughtUp: () => Promise<boolean>;
  /** Cases with a provisional deadline, in the order of their ids. */
  readonly provisionalCases: (after: string, limit: number) => Promise<readonly string[]>;
  /** Sends RecomputeDeadlines under an id made of calendar, pass and case: sent again it is recognised. */
  readonly recompute: (caseId: string, calendar: string, pass: number) => Promise<Recomputed>;
  /** Puts on record that the publication is worked through. */
  readonly done: (published: PublishedCalendar, counts: { cases: number; moved: number }) => Promise<void>;
  readonly onFailure?: (error: unknown) => void;
}

/** How far it is with one publication. */
export interface RecomputeProgress extends PublishedCalendar {
  readonly state: 'waiting' | 'counting' | 'checking';
  readonly cases: number;
  readonly moved: number;
  readonly failed: number;
}

const PAGE = 200;
const AT_ONCE = 16;
/** When another process has surely heard of a publication: what it decided before it had is counted again then. */
const CHECK_AFTER_MS = 60_000;
const REST_MS = 1000;

interface Tally {
  state: RecomputeProgress['state'];
  cases: number;
  moved: number;
  failed: number;
}

/**
 * When a calendar is published, then provisional deadlines are recomputed (K-10). Goes through the cases page by page, and once
 * more a minute later. A restart begins again: cases whose deadline has moved are no longer provisional, and commands that
 * were taken are recognised.
 */
export class RecomputeProvisional {
  private readonly loop: WakingLoop;
  private readonly tallies = new Map<string, Tally>();

  constructor(private readonly ports: RecomputeProvisionalPorts) {
    const { clock, onFailure } = ports;
    this.loop = new WakingLoop({ clock, work: () => this.workThrough(), onFailure });
  }

  /** Looks for publications that are not worked through. Call it at the start and when something was published. */
  arm(): void {
    this.loop.arm();
  }

  /** Goes on after a stop. */
  start(): void {
    this.loop.start();
  }

  /** Ends after the case it is at. */
  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** What is under way; nothing where all is worked through. */
  progress(): readonly RecomputeProgress[] {
    return this.ports.pending().map((published) => ({ ...published, ...this.tallyOf(published) }));
  }

  /** @returns when the first of those that are not done is to be gone on with */
  private async workThrough(): Promise<Instant | undefined> {
    let next: Instant | undefined;
    for (const published of this.ports.pending()) {
      const again = await this.work(published);
      if (again !== undefined && (next === undefined || again < next)) next = again;
    }
    return next;
  }

  /** @returns when to go on with it; undefined where it is done */
  private async work(published: PublishedCalendar): Promise<Instant | undefined> {
    const { clock } = this.ports;
    const tally = this.tallyOf(published);
    if (tally.state !== 'checking') {
      if (!(await this.pass(published, tally, 1))) return plusMs(clock.now(), REST_MS);
      tally.state = 'checking';
    }
    const checkAt = plusMs(published.publishedAt, CHECK_AFTER_MS);
    if (clock.now() < checkAt) return checkAt;
    if (!(await this.pass(published, tally, 2))) return plusMs(clock.now(), REST_MS);
    await this.ports.done(published, { cases: tally.cases, moved: tally.moved });
    this.tallies.delete(published.calendar);
    return undefined;
  }

  /** @returns whether every case was counted again */
  private async pass(published: PublishedCalendar, tally: Tally, pass: number): Promise<boolean> {
    const { clock, viewsCaughtUp, provisionalCases } = this.ports;
    const isReady = clock.suspended === undefined && (await viewsCaughtUp());
    if (isReady) {
      if (pass === 1) Object.assign(tally, { state: 'counting', cases: 0, moved: 0 });
      tally.failed = 0;
      for (let after = ''; !this.loop.isStopped;) {
        const cases = await provisionalCases(after, PAGE);
        await this.page(cases, published, tally, pass);
        if (cases.length < PAGE) break;
        after = cases.at(-1)!;
      }
    }
    return isReady && tally.failed === 0 && !this.loop.isStopped;
  }

  private async page(
    cases: readonly string[],
    { calendar }: PublishedCalendar,
    tally: Tally,
    pass: number,
  ): Promise<void> {
    for (let first = 0; first < cases.length && !this.loop.isStopped; first += AT_ONCE) {
      const some = cases.slice(first, first + AT_ONCE);
      const outcomes = await Promise.all(some.map((caseId) => this.ports.recompute(caseId, calendar, pass)));
      if (pass === 1) tally.cases += some.length;
      tally.moved += outcomes.filter((outcome) => outcome === 'moved').length;
      tally.failed += outcomes.filter((outcome) => outcome === 'failed').length;
    }
  }

  private tallyOf({ calendar }: PublishedCalendar): Tally {
    const known = this.tallies.get(calendar) ?? { state: 'waiting', cases: 0, moved: 0, failed: 0 };
    this.tallies.set(calendar, known);
    return known;
  }
}
