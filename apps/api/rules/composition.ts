import type { Logger } from 'pino';
import type { CaseState, ImportHistory, ReceiveCase } from '#cases';
import { isRefusal, type Clock, type Instant, type Refusal } from '#kernel';
import type { Policy } from '#policy';
import { Rulebook, UnknownPack, type PublishedVersion, type RulebookPorts } from '#rulebook';
import { ProblemError } from '../http/problems.js';
import { WrongSettings } from '../start-up/settings.js';

/** The rulebook of a log. @throws WrongSettings where REDRESS_PACK names no pack that is published */
export async function openRulebook(ports: Omit<RulebookPorts, 'log'>, logger: Logger): Promise<Rulebook> {
  const log: RulebookPorts['log'] = {
    warn: (facts, message) => logger.warn(facts, message),
    error: (error, message) => logger.error({ err: error }, message),
  };
  try {
    return await Rulebook.open({ ...ports, log });
  } catch (error) {
    if (error instanceof UnknownPack) throw new WrongSettings(`REDRESS_PACK is wrong: ${error.message}`);
    throw error;
  }
}

/** Which pack a unit works under, as it was known at an instant; undefined where nothing is said of it (O-1). */
export type PackOfUnit = (unit: string, at: Instant) => string | undefined;

/**
 * EVENTS.md 18: a case is ruled by the version in force when it was opened, an imported one when it was taken over. A new
 * case is opened under the pack it names, else under the one its unit works under, else under that of the desk; whatever
 * becomes of its unit, it keeps that version until it is moved on record.
 */
export const ruledBy =
  (rulebook: Pick<Rulebook, 'ruling'>, packOf: PackOfUnit) =>
  (state: CaseState, at: Instant, command?: unknown): PublishedVersion | Refusal => {
    if (state.policy !== undefined) return rulebook.ruling(state.policy, at);
    const { pack, unit, takenOverAt } = (command ?? {}) as Opening;
    const named = pack ?? (unit === undefined ? undefined : packOf(unit, at));
    return rulebook.ruling(undefined, at, { pack: named, at: takenOverAt });
  };

/** What the commands that open a case say of its rules. */
type Opening = Partial<Pick<ReceiveCase, 'pack' | 'unit'> & Pick<ImportHistory, 'takenOverAt'>>;

/** The rules by which a case is read. @throws ProblemError VIEW_BEHIND where this process has not heard of them yet */
export const policyOf =
  (rulebook: Rulebook, clock: Clock) =>
  (state: CaseState): Policy => {
    const policy = rulebook.policyOf(state.policy, clock.now());
    if (policy === undefined) throw new ProblemError('VIEW_BEHIND', { ...state.policy });
    return policy;
  };

/** A pack as it is in force now, that of the desk where none is named. */
export function packInForce(rulebook: Rulebook, clock: Clock, pack: string = rulebook.pack): Policy {
  const found = rulebook.ruling(undefined, clock.now(), { pack });
  // The engine does not start without the one of the desk, and no unit works under one that is not published.
  if (isRefusal(found)) throw new Error(`there is no pack ${pack}`);
  return found.policy;
}
