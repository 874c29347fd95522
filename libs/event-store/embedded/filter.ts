import type { GroupFilter } from '../consumer-groups.js';
import { InvalidArgument } from '../errors.js';
import { GuardedExpression } from './guarded-expression.js';
import { isHidden } from './hidden.js';
import type { EventRow, RowReader } from './rows.js';

/** The names that are remembered with what the filter said of them. */
const REMEMBERED = 10_000;

/** What of `$all` a reader sees. */
export class Matcher {
  private readonly ask: (names: readonly string[]) => boolean[];
  private readonly answers = new Map<string, boolean>();

  /** @throws InvalidArgument where the expression is none */
  constructor(
    private readonly filter: GroupFilter | undefined,
    private readonly rows: RowReader,
  ) {
    const { regex = '', prefixes = [] } = filter ?? {};
    const expression = regex === '' ? undefined : expressionOf(regex);
    this.ask =
      expression === undefined
        ? (names) => names.map((name) => prefixes.some((prefix) => name.startsWith(prefix)))
        : (names) => expression.test(names);
  }

  /** Those of the rows that are seen. @throws InvalidArgument where the expression takes too long */
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
  } catch (error) {
    throw new InvalidArgument(`'${source}' is not a regular expression: ${(error as Error).message}`);
  }
}
