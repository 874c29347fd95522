import type { EventRow, RowReader } from '../../embedded/rows.js';
import { handlerThrew } from '../failures.js';
import { GuardedExpression } from './guarded-expression.js';
import { isHidden } from './hidden.js';

/** A filter of the wire: a regular expression, or prefixes of which one has to match; on streams or on types. */
export interface WireFilter {
  readonly on: 'stream' | 'type';
  readonly regex: string;
  readonly prefixes: readonly string[];
}

/** The names that are remembered with what the filter said of them. */
const REMEMBERED = 10_000;

/** What of `$all` a reader sees. */
export class Matcher {
  private readonly ask: (names: readonly string[]) => boolean[];
  private readonly answers = new Map<string, boolean>();

  /** @throws Failure where the expression is none, as EventStoreDB's handler does */
  constructor(
    private readonly filter: WireFilter | undefined,
    private readonly rows: RowReader,
  ) {
    const { regex = '', prefixes = [] } = filter ?? {};
    const expression = regex === '' ? undefined : expressionOf(regex);
    this.ask =
      expression === undefined
        ? (names) => names.map((name) => prefixes.some((prefix) => name.startsWith(prefix)))
        : (names) => expression.test(names);
  }

  /** Those of the rows that are seen. @throws Failure where the expression takes too long */
  select(rows: readonly EventRow[]): boolean[] {
    if (this.filter === undefined) return rows.map((row) => !isHidden(row));
    this.learn(rows);
    return rows.map((row) => this.answers.get(this.nameOf(row))! && !isHidden(row));
  }

  /** New names are asked about all at once: watching over an expression costs more than evaluating it. */
  private learn(rows: readonly EventRow[]): void {
    if (this.answers.size > REMEMBERED) this.answers.clear();
    const names = [...new Set(rows.map((row) => this.nameOf(row)))].filter((name) => !this.answers.has(name));
    if (names.length === 0) return;
    this.ask(names).forEach((answer, i) => this.answers.set(names[i]!, answer));
  }

  private nameOf(row: EventRow): string {
    return this.filter!.on === 'stream' ? row[1] : this.rows.type(row[3]);
  }
}

function expressionOf(source: string): GuardedExpression {
  try {
    return new GuardedExpression(source);
  } catch {
    throw handlerThrew();
  }
}
