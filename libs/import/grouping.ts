import type { Instant } from '#kernel';
import type { HistoricalEntry, HistoryItem, RejectedRow } from './historical-case.js';
import { rowHash, type CaseHead, type Interpreter } from './mapping/interpreter.js';
import type { Mapping } from './mapping/schema.js';
import type { Problem } from './mapping/values.js';
import type { Row } from './sources/row.js';

/** Makes cases of rows. Rows of one case keep the order of the file. */
export interface Grouping {
  /** How many cases were begun so far, the ones that are still held included. */
  readonly begun: number;
  take(row: Row): Iterable<HistoryItem>;
  /** The source broke off within a case. */
  cut(): void;
  end(): Iterable<HistoryItem>;
}

export function groupingFor(mapping: Mapping, interpreter: Interpreter, takenOverAt: Instant): Grouping {
  return mapping.caseKey === 'row' || mapping.caseKey.rows === 'one'
    ? new RowPerCase(interpreter, takenOverAt)
    : new RowsOfCases(mapping, interpreter, takenOverAt, mapping.caseKey.contiguous);
}

const rejected = (line: number, { code, reason }: Problem, key?: string): HistoryItem => ({
  kind: 'rejected',
  rejected: { line, code, reason, ...(key !== undefined && { key }) } satisfies RejectedRow,
});

const NO_KEY: Problem = { code: 'KEY_MISSING', reason: 'The row does not say which case it belongs to.' };
const NO_ENTRIES: Problem = { code: 'NO_ENTRIES', reason: 'The row says of no instant what happened.' };

const duplicateOf = (line: number): Problem => ({
  code: 'DUPLICATE_ROW',
  reason: `The row equals line ${line} in every column.`,
});

/** Every row is a case. Keeps a hash and a line number per row, about 150 bytes, to find duplicates. */
class RowPerCase implements Grouping {
  begun = 0;
  private readonly seen = new Map<string, { readonly line: number; readonly hash: string }>();

  constructor(
    private readonly interpreter: Interpreter,
    private readonly takenOverAt: Instant,
  ) {}

  *take(row: Row): Iterable<HistoryItem> {
    const key = this.interpreter.key(row);
    if (key === undefined) return yield rejected(row.line, NO_KEY);
    const problems: Problem[] = [];
    const problem = this.interpreter.forbidden(row) ?? this.repeated(key, row);
    if (problem) return yield rejected(row.line, problem, key);
    const head = this.interpreter.head(row, problems);
    const entries = this.interpreter.entries(row, problems);
    const [first = entries.length === 0 ? NO_ENTRIES : undefined] = problems;
    if (first || !head) return yield rejected(row.line, first ?? NO_ENTRIES, key);
    this.begun++;
    yield { kind: 'case', line: row.line, case: { ...head, sourceKey: key, takenOverAt: this.takenOverAt, entries } };
  }

  cut(): void {
    // A row that was cut is no row: nothing of it was taken.
  }

  end(): Iterable<HistoryItem> {
    return [];
  }

  private repeated(key: string, row: Row): Problem | undefined {
    const hash = rowHash(row);
    const before = this.seen.get(key);
    if (!before) {
      this.seen.set(key, { line: row.line, hash });
      return undefined;
    }
    if (before.hash === hash) return duplicateOf(before.line);
    return { code: 'KEY_TWICE', reason: `Line ${before.line} is the same case but says something else.` };
  }
}

interface Gathered {
  readonly line: number;
  readonly head: CaseHead | undefined;
  readonly entries: HistoricalEntry[];
  /** Lines of rows that were taken. */
  readonly lines: number[];
  readonly hashes: Map<string, number>;
  broken: boolean;
}

/**
 * Many rows make a case. Where they stand together one case is in memory and one short text per case that is done;
 * where they do not, all cases are until the file has ended, because a row for any of them may still come.
 */
class RowsOfCases implements Grouping {
  begun = 0;
  private readonly gathered = new Map<string, Gathered>();
  private readonly done = new Set<string>();

  constructor(
    private readonly mapping: Mapping,
    private readonly interpreter: Interpreter,
    private readonly takenOverAt: Instant,
    private readonly contiguous: boolean,
  ) {}

  *take(row: Row): Iterable<HistoryItem> {
    const key = this.interpreter.key(row);
    if (key === undefined) return yield rejected(row.line, NO_KEY);
    if (this.contiguous && !this.gathered.has(key)) {
      yield* this.end();
      if (this.done.has(key)) return yield rejected(row.line, NOT_CONTIGUOUS, key);
      this.done.add(key);
    }
    const problems: Problem[] = [];
    const known = this.gathered.get(key);
    const repeated = known && this.repeated(known, row);
    if (repeated) return yield rejected(row.line, repeated, key);
    const gathering = known ?? this.begin(key, row, problems);
    const entries = this.interpreter.entries(row, problems);
    const [problem] = [this.interpreter.forbidden(row) ?? problems[0]];
    if (problem) {
      gathering.broken = true;
      return yield rejected(row.line, problem, key);
    }
    gathering.entries.push(...entries);
    gathering.lines.push(row.line);
  }

  cut(): void {
    const last = [...this.gathered.values()].at(-1);
    if (last) last.broken = true;
  }

  *end(): Iterable<HistoryItem> {
    for (const [key, { line, head, entries, lines, broken }] of this.gathered) {
      if (broken || !head) for (const taken of lines) yield rejected(taken, INCOMPLETE, key);
      else if (entries.length === 0) yield rejected(line, NO_ENTRIES, key);
      else yield { kind: 'case', line, case: { ...head, sourceKey: key, takenOverAt: this.takenOverAt, entries } };
    }
    this.gathered.clear();
  }

  private begin(key: string, row: Row, problems: Problem[]): Gathered {
    const head = this.interpreter.head(row, problems);
    const begun: Gathered = { line: row.line, head, entries: [], lines: [], hashes: new Map(), broken: false };
    if (this.mapping.duplicates === 'reject') begun.hashes.set(rowHash(row), row.line);
    this.gathered.set(key, begun);
    this.begun++;
    return begun;
  }

  private repeated({ hashes }: Gathered, row: Row): Problem | undefined {
    if (this.mapping.duplicates === 'keep') return undefined;
    const hash = rowHash(row);
    const before = hashes.get(hash);
    if (before !== undefined) return duplicateOf(before);
    hashes.set(hash, row.line);
    return undefined;
  }
}

const NOT_CONTIGUOUS: Problem = {
  code: 'NOT_CONTIGUOUS',
  reason: 'Rows of this case stood together before and were imported; the mapping says that no more would come.',
};
const INCOMPLETE: Problem = {
  code: 'CASE_INCOMPLETE',
  reason: 'Another row of this case was rejected: half a history would mislead, so none of it is imported.',
};
