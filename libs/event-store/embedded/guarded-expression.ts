import { createContext, Script } from 'node:vm';
import { InvalidArgument } from '../errors.js';

/** An expression gets so long for all names of a page. */
const LIMIT_MS = 500;
const TEST = new Script('names.map((name) => expression.test(name))');

/**
 * A regular expression that a client sent. Some take longer than anybody lives on some names; the engine answers others on the same
 * thread, so this one is stopped.
 */
export class GuardedExpression {
  private readonly context: { expression: RegExp; names: readonly string[] };

  /** @throws SyntaxError */
  constructor(private readonly source: string) {
    this.context = { expression: compiled(source), names: [] };
    createContext(this.context);
  }

  /** @throws InvalidArgument where it takes too long */
  test(names: readonly string[]): boolean[] {
    this.context.names = names;
    try {
      return [...(TEST.runInContext(this.context, { timeout: LIMIT_MS }) as boolean[])];
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new InvalidArgument(`The regular expression '${this.source}' takes too long.`);
    }
  }
}

/** Expressions written for .NET may escape what JavaScript's stricter syntax does not let them. */
function compiled(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}

export function isExpression(source: string): boolean {
  try {
    compiled(source);
    return true;
  } catch {
    return false;
  }
}
