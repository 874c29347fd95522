import { Environment } from '@marcbachmann/cel-js';
import type { JsonObject } from '#kernel';

/** What a condition of a pack can ask about a case. Nothing personal: the log keeps only what is decided by it. */
export interface CaseAsked {
  readonly kind: string;
  readonly channel: string;
  /** The category and all above it in the tree, the category itself first; none where the case is unclassified. */
  readonly categories: readonly string[];
  readonly unit: string;
  readonly severity: string;
  readonly phase: string;
  readonly persons: number;
  readonly circumstances: readonly string[];
  readonly reopenings: number;
}

/** An event as packs see it: its type and plain fields, and the case it happened in, as it is behind the event. */
export interface Occurrence {
  readonly type: string;
  readonly data: JsonObject;
  readonly case: CaseAsked;
}

/** A condition of a pack, checked and made ready. */
export interface Condition {
  readonly text: string;
  holds(of: Pick<Occurrence, 'case' | 'data'>): boolean;
}

/** Numbers are `dyn`: CEL keeps integers and doubles apart, and JSON does not. */
const CEL = new Environment({ homogeneousAggregateLiterals: false })
  .registerVariable({
    name: 'case',
    schema: {
      kind: 'string',
      channel: 'string',
      categories: 'list<string>',
      unit: 'string',
      severity: 'string',
      phase: 'string',
      persons: 'dyn',
      circumstances: 'list<string>',
      reopenings: 'dyn',
    } satisfies Record<keyof CaseAsked, string>,
  })
  .registerVariable('event', 'map');

/**
 * Reads a condition in CEL, the Common Expression Language: `case.kind == "complaint" && event.toCustomer`. What asks for a
 * field that an event does not have does not hold.
 * @throws RangeError saying what is wrong with the text, also where it is no yes-or-no question
 */
export function readCondition(text: string): Condition {
  let type: string | undefined;
  let fault: Error | undefined;
  try {
    ({ type, error: fault } = CEL.check(text));
  } catch (error) {
    fault = error as Error;
  }
  if (fault !== undefined) throw new RangeError(`"${text}" is no condition: ${fault.message.split('\n')[0]}`);
  if (type !== 'bool' && type !== 'dyn') throw new RangeError(`"${text}" is no question of yes or no, but ${type}`);
  const evaluate = CEL.parse(text);
  return {
    text,
    holds: (of) => {
      try {
        return evaluate({ case: of.case, event: of.data }) === true;
      } catch {
        return false;
      }
    },
  };
}
