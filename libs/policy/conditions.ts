import { Environment } from '@marcbachmann/cel-js';
import { daysBetween } from '#calendar';
import { isRefusal, type JsonObject } from '#kernel';

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
  /** The rules of R-1 by which it is a repeat. */
  readonly repeats: readonly string[];
  readonly priority: string;
  /** The pack's own fields that are not personal, by id; `has(case.fields.x)` where one may not be given. */
  readonly fields: JsonObject;
  /** Everything that is known, by name: `complainant.name`, `complainant.contact`, `content`, ids of fields and forms. */
  readonly given: readonly string[];
  /** The forms that were filled in this handling: taken up again, it asks for them anew. */
  readonly filled: readonly string[];
  readonly steps: readonly string[];
  readonly visits: number;
  readonly visitsReached: number;
  readonly accepted: boolean;
  readonly replied: boolean;
  readonly notifiedInWriting: boolean;
  readonly justification: string;
  readonly opinion: boolean;
  readonly satisfied: boolean;
  readonly analysed: boolean;
  /** The customer, or a supervisor, agreed to a plan of this handling. */
  readonly planAccepted: boolean;
  readonly papersFiled: boolean;
  readonly passedOnTo: string;
  readonly verified: boolean;
  /** V-2: the routine visit that it is; none where it is no visit. */
  readonly visit: string;
  /** C-1: of the customer in whose file the complainant was found; none where nobody was. */
  readonly customerTier: string;
  readonly qualityCustomer: boolean;
  readonly specialOwner: boolean;
  /** When the complaint was made. */
  readonly receivedAt: string;
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
      repeats: 'list<string>',
      priority: 'string',
      fields: 'map',
      given: 'list<string>',
      filled: 'list<string>',
      steps: 'list<string>',
      visits: 'dyn',
      visitsReached: 'dyn',
      accepted: 'bool',
      replied: 'bool',
      notifiedInWriting: 'bool',
      justification: 'string',
      opinion: 'bool',
      satisfied: 'bool',
      analysed: 'bool',
      planAccepted: 'bool',
      papersFiled: 'bool',
      passedOnTo: 'string',
      verified: 'bool',
      visit: 'string',
      customerTier: 'string',
      qualityCustomer: 'bool',
      specialOwner: 'bool',
      receivedAt: 'string',
    } satisfies Record<keyof CaseAsked, string>,
  })
  .registerVariable('event', 'map')
  // Days of the wall calendar from a date or instant to another: `daysBetween(case.fields.reported_on, case.receivedAt, "Asia/Shanghai")`.
  .registerFunction('daysBetween(string, string, string): int', (from: string, to: string, zone: string) => {
    const days = daysBetween(from, to, zone);
    if (isRefusal(days)) throw new RangeError(days.code);
    return BigInt(days);
  });

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
