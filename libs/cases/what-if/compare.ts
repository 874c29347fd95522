import type { Instant } from '#kernel';
import type { Policy } from '#policy';
import type { CaseState, ClockRun, RecordedCaseEvent, Severity } from '../domain/index.js';
import { replayUnder } from './replay-under.js';

/** One run of a clock under both packs; a side is left out where the clock does not run there. */
export type RunDifference = {
  readonly clock: string;
  readonly run: number;
  readonly before?: { readonly state: ClockRun['state']; readonly dueAt: Instant };
  readonly after?: { readonly state: ClockRun['state']; readonly dueAt: Instant };
};

/** What would be otherwise in a case. */
export type CaseDifference = {
  readonly caseId: string;
  readonly severity?: { readonly before: Severity; readonly after: Severity };
  readonly declined?: { readonly before: boolean; readonly after: boolean };
  readonly runs: readonly RunDifference[];
  readonly escalations?: { readonly before: number; readonly after: number };
};

export interface Rules {
  readonly before: Policy;
  readonly after: Policy;
}

/**
 * Issue 10.7: which verdicts and severities would differ, had the other pack ruled from the start.
 * @returns undefined where nothing would
 */
export function compareCase(
  caseId: string,
  events: readonly RecordedCaseEvent[],
  { before, after }: Rules,
  until: Instant,
): CaseDifference | undefined {
  const [was, would] = [replayUnder(before, events, until), replayUnder(after, events, until)];
  const runs = runDifferences(was.clocks, would.clocks);
  const escalations = { before: was.escalations.length, after: would.escalations.length };
  const declined = { before: was.phase === 'declined', after: would.phase === 'declined' };
  const difference: CaseDifference = {
    caseId,
    ...(was.severity === would.severity ? {} : { severity: { before: was.severity, after: would.severity } }),
    ...(declined.before === declined.after ? {} : { declined }),
    runs,
    ...(escalations.before === escalations.after ? {} : { escalations }),
  };
  return Object.keys(difference).length === 2 && runs.length === 0 ? undefined : difference;
}

function runDifferences(was: CaseState['clocks'], would: CaseState['clocks']): readonly RunDifference[] {
  const names = new Map([...was, ...would].map((run) => [`${run.clock}#${run.run}`, run] as const));
  return [...names.values()].flatMap(({ clock, run }) => {
    const [before, after] = [was, would].map((runs) => runs.find((it) => it.clock === clock && it.run === run));
    if (before?.state === after?.state && before?.dueAt === after?.dueAt) return [];
    return [
      {
        clock,
        run,
        ...(before === undefined ? {} : { before: shown(before) }),
        ...(after === undefined ? {} : { after: shown(after) }),
      },
    ];
  });
}

const shown = ({ state, dueAt }: ClockRun): NonNullable<RunDifference['before']> => ({ state, dueAt });

/** The differences of many cases in sum: how many verdicts of which clock turn into what, and how severities shift. */
export type DifferenceSum = {
  readonly cases: number;
  readonly differing: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly severities: Readonly<Record<string, number>>;
};

export class DifferenceCounter {
  private cases: number;
  private differing: number;
  private readonly verdicts: Record<string, number>;
  private readonly severities: Record<string, number>;

  /** @param from what was counted before */
  constructor(from: DifferenceSum = { cases: 0, differing: 0, verdicts: {}, severities: {} }) {
    this.cases = from.cases;
    this.differing = from.differing;
    this.verdicts = { ...from.verdicts };
    this.severities = { ...from.severities };
  }

  count(difference: CaseDifference | undefined): void {
    this.cases += 1;
    if (difference === undefined) return;
    this.differing += 1;
    for (const { clock, before, after } of difference.runs) {
      const turn = `${clock}: ${before?.state ?? 'none'} → ${after?.state ?? 'none'}`;
      if (before?.state !== after?.state) this.verdicts[turn] = (this.verdicts[turn] ?? 0) + 1;
    }
    if (difference.severity === undefined) return;
    const shift = `${difference.severity.before} → ${difference.severity.after}`;
    this.severities[shift] = (this.severities[shift] ?? 0) + 1;
  }

  sum(): DifferenceSum {
    return { cases: this.cases, differing: this.differing, verdicts: this.verdicts, severities: this.severities };
  }
}
