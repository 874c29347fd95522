import type { EventRow, RowReader } from '../../embedded/rows.js';
import { invalidArgument } from '../failures.js';
import { isHidden } from './hidden.js';

/** A filter of the wire: a regular expression, or prefixes of which one has to match; on streams or on types. */
export interface WireFilter {
  readonly on: 'stream' | 'type';
  readonly regex: string;
  readonly prefixes: readonly string[];
}

export type Matches = (row: EventRow) => boolean;

/** The names of streams that are remembered with what the filter said of them. */
const REMEMBERED = 10_000;

/** What of `$all` a reader sees. @throws Failure where the expression is none */
export function matcher(filter: WireFilter | undefined, rows: RowReader): Matches {
  if (filter === undefined) return (row) => !isHidden(row);
  const matches = filtered(filter, rows);
  return (row) => matches(row) && !isHidden(row);
}

function filtered(filter: WireFilter, rows: RowReader): Matches {
  const { on, regex, prefixes } = filter;
  const expression = regex === '' ? undefined : expressionOf(regex);
  const matches = (name: string): boolean =>
    expression === undefined ? prefixes.some((prefix) => name.startsWith(prefix)) : expression.test(name);
  if (on === 'stream') {
    const known = remembered(matches);
    return (row) => known(row[1]);
  }
  const known = remembered((type: number) => matches(rows.type(type)));
  return (row) => known(row[3]);
}

function expressionOf(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    return withoutUnicode(source);
  }
}

/** Expressions written for .NET may escape what the stricter syntax does not let them. */
function withoutUnicode(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    throw invalidArgument(`'${source}' is not a regular expression: ${(error as Error).message}`);
  }
}

function remembered<Key>(ask: (key: Key) => boolean): (key: Key) => boolean {
  const answers = new Map<Key, boolean>();
  return (key) => {
    let answer = answers.get(key);
    if (answer === undefined) {
      if (answers.size >= REMEMBERED) answers.clear();
      answers.set(key, (answer = ask(key)));
    }
    return answer;
  };
}
