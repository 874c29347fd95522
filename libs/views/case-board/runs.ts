import { ESCALATION_CLOCK, type ClockOf } from '#cases/domain';
import type { BoardRow } from './tables.js';

/** The runs of clocks as a row of the board keeps them. */
type Run = readonly [dueAt: string, clock: string, run: number];

export const runsOf = ({ running }: Pick<BoardRow, 'running'>): Run[] => JSON.parse(running) as Run[];

const isWorkedOn = (phase: BoardRow['phase']): boolean =>
  phase === 'received' || phase === 'handling' || phase === 'waiting';

/** An acknowledgement that nobody gave calls in the next level (E-1); it is not the customer's deadline that is broken by it. */
export const missed = (row: BoardRow, of: ClockOf): BoardRow =>
  of.clock === ESCALATION_CLOCK
    ? row
    : withOwed({ ...row, missed_count: row.missed_count + 1 }, [...without(namesIn(row.owed), nameOf(of)), nameOf(of)]);

export const forgiven = (row: BoardRow, of: ClockOf): BoardRow =>
  of.clock === ESCALATION_CLOCK
    ? row
    : withOwed({ ...row, missed_count: Math.max(0, row.missed_count - 1) }, without(namesIn(row.owed), nameOf(of)));

export const withOwed = (row: BoardRow, owed: readonly string[]): BoardRow => ({
  ...row,
  owed: JSON.stringify(owed),
  broken: brokenOf(row.phase, owed.length),
});

/** The names in one of the row's lists of runs. */
export const namesIn = (list: string): string[] => JSON.parse(list) as string[];
export const listed = (list: string, of: ClockOf): string =>
  JSON.stringify([...without(namesIn(list), nameOf(of)), nameOf(of)]);
const unlisted = (list: string, of: ClockOf): string =>
  list === '[]' ? list : JSON.stringify(without(namesIn(list), nameOf(of)));

export const isOwed = (row: BoardRow, of: ClockOf): boolean => namesIn(row.owed).includes(nameOf(of));
export const nameOf = ({ clock, run }: ClockOf): string => `${clock}#${run}`;
export const without = (names: readonly string[], name: string): string[] => names.filter((it) => it !== name);

export const brokenOf = (phase: BoardRow['phase'], owed: number): number => Number(owed > 0 && isWorkedOn(phase));

type GivenDue = ClockOf & { readonly dueAt: string; readonly provisionalYears?: readonly number[] };

export const started = (row: BoardRow, run: ClockOf & { readonly dueAt: string }): BoardRow => ({
  ...withRuns(row, [...otherRuns(row, run), [run.dueAt, run.clock, run.run]]),
  paused: unlisted(row.paused, run),
});

/** Another due instant is provisional or is not, whatever has become of the run. */
export const withDue = (row: BoardRow, run: GivenDue): BoardRow => ({
  ...row,
  provisional: run.provisionalYears === undefined ? unlisted(row.provisional, run) : listed(row.provisional, run),
});

/** It has its verdict; what is known of it besides stays, because a corrected verdict may let it run again. */
export const ended = (row: BoardRow, run: ClockOf): BoardRow => ({
  ...withRuns(row, otherRuns(row, run)),
  paused: unlisted(row.paused, run),
});

/** It will run on from where it stands. */
export const standsStill = (row: BoardRow, run: ClockOf): BoardRow => ({
  ...withRuns(row, otherRuns(row, run)),
  paused: listed(row.paused, run),
});

export const isRun =
  ({ clock, run }: ClockOf) =>
  (it: Run): boolean =>
    it[1] === clock && it[2] === run;

const otherRuns = (row: BoardRow, of: ClockOf): Run[] => runsOf(row).filter((it) => !isRun(of)(it));

/** Imported history breaks nothing any more, until the case is taken over (EVENTS.md 18). */
export function withRuns(row: BoardRow, runs: readonly Run[]): BoardRow {
  const sorted = [...runs].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const next = row.historical === 1 && row.taken_over === 0 ? undefined : sorted[0];
  return { ...row, running: JSON.stringify(sorted), next_due_at: next?.[0] ?? null, next_due_clock: next?.[1] ?? null };
}
