import { accept, refuse } from '#kernel';
import type { CaseEvent, CaseState } from '../domain/index.js';
import { CaseCommand, decider } from '../command.js';
import { BooleanField, CodeField, IntField, ListField } from '../fields.js';

/** what the matching found for this case by one rule: the other cases, none where it is no repeat (any more). */
export class MatchRepeats extends CaseCommand {
  @CodeField()
  rule!: string;

  @ListField('id', { max: 1000, description: 'The other cases, sorted' })
  cases!: string[];

  @IntField({ min: 0, description: 'How many different complainants there are among all of them' })
  complainants!: number;

  @BooleanField({ optional: true, description: 'All of it happened before the take-over: nothing is sent (EVENTS 18)' })
  historical?: boolean;
}

/**
 * What a person dismissed stays dismissed. What was found before is on record once and is not told again.
 * Refusals: UNKNOWN_REPEAT_RULE.
 */
export const matchRepeats = decider<MatchRepeats>(
  'MatchRepeats',
  ({ rule: id, complainants, ...command }, state, facts) => {
    const rule = facts.policy.repeats.find((it) => it.id === id);
    if (rule === undefined) {
      return refuse('UNKNOWN_REPEAT_RULE', { rule: id, allowed: facts.policy.repeats.map((it) => it.id) });
    }
    const cases = command.cases.filter((caseId) => !isDismissed(state, id, caseId));
    // Between cases that are history it is history: on record and graded, but it starts no clock and calls nobody in.
    const accepted = (events: readonly CaseEvent[]) => ({
      ...accept(events),
      ...(command.historical === true && state.historical ? { historical: true as const } : {}),
    });
    const known = state.repeats.find((it) => it.rule === id);
    const same = known?.complainants === complainants && sameList(known.cases, cases);
    if (cases.length === 0) {
      const withdrawn: CaseEvent = { type: 'RepeatWithdrawn', data: { rule: id } };
      return accepted(known === undefined ? [] : [withdrawn]);
    }
    const found: CaseEvent = { type: 'RepeatFound', data: { rule: id, cases, complainants, source: rule.source } };
    return accepted(same ? [] : [found]);
  },
);

const isDismissed = ({ dismissed }: CaseState, rule: string, otherCaseId: string): boolean =>
  dismissed.some((it) => it.rule === rule && it.otherCaseId === otherCaseId);

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);
