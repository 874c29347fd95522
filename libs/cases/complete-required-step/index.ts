import { accept, isRefusal, refuse, type Facts, type Refusal } from '#kernel';
import type { Policy, StepRule } from '#policy';
import { holdersOf, type CaseState } from '../domain/index.js';
import { decider, freeText, present, TextCommand } from '../command.js';
import { CodeField, IdField, TextField, ValuesField } from '../fields.js';
import { readValues } from '../pack-fields.js';

/** H-4: a step that must be done before the case may be resolved; some are done by two people together. */
export class CompleteRequiredStep extends TextCommand {
  @CodeField()
  step!: string;

  @IdField({ optional: true, description: 'Who did it together with the sender' })
  secondPerson?: string;

  @ValuesField({ optional: true, description: "The step's own fields, by id, e.g. a blind code" })
  values?: Record<string, string | number | boolean>;

  @TextField({ optional: true })
  text?: string;
}

/**
 * Refusals: UNKNOWN_STEP, STEP_DONE, STEP_TOO_EARLY, POST_NEEDED, SECOND_PERSON_NEEDED, SECOND_PERSON_IS_FIRST,
 * HANDLER_RECUSED (H-2, for the second person too), and what fields may be refused for.
 */
export const completeRequiredStep = decider<CompleteRequiredStep>('CompleteRequiredStep', (command, state, facts) => {
  const { step, secondPerson } = command;
  const rule = facts.policy.steps.find(({ id }) => id === step);
  if (rule === undefined && facts.policy.steps.length > 0) {
    return refuse('UNKNOWN_STEP', { step, allowed: facts.policy.steps.map(({ id }) => id) });
  }
  const refusal = asPeopleMay(command, state, facts) ?? (rule && asThePackSays(rule, command, state, facts));
  if (refusal) return refusal;
  const values = readValues(command.values, rule?.fields ?? [], { whole: true });
  if (isRefusal(values)) return values;
  const sealed = freeText(command, state, facts);
  const personal = present({
    text: sealed(command.text),
    values: values.personal && { ...sealed('x'), value: values.personal },
  });
  const open = Object.keys(values.open).length === 0 ? {} : { values: values.open };
  return accept([{ type: 'RequiredStepDone', data: { step, ...present({ secondPerson }), ...open }, personal }]);
});

function asPeopleMay(
  { step, secondPerson }: CompleteRequiredStep,
  state: CaseState,
  { actor }: Facts<Policy>,
): Refusal | undefined {
  if (state.steps.includes(step)) return refuse('STEP_DONE', { step });
  if (secondPerson === actor.id) return refuse('SECOND_PERSON_IS_FIRST', { secondPerson });
  return secondPerson !== undefined && state.recused.includes(secondPerson)
    ? refuse('HANDLER_RECUSED', { person: secondPerson })
    : undefined;
}

/** H-4: in the order of the pack, by whom it names, by two where it says so. */
function asThePackSays(
  rule: StepRule,
  { step, secondPerson }: CompleteRequiredStep,
  state: CaseState,
  { policy, actor, at }: Facts<Policy>,
): Refusal | undefined {
  const missing = rule.after.filter((it) => !state.steps.includes(it));
  if (missing.length > 0) return refuse('STEP_TOO_EARLY', { step, after: missing });
  if (rule.persons === 2 && secondPerson === undefined) return refuse('SECOND_PERSON_NEEDED', { step });
  const allowed = rule.by.length === 0 ? [actor.id] : holdersOf(rule.by, state, policy, at);
  return allowed.includes(actor.id) ? undefined : refuse('POST_NEEDED', { step, posts: rule.by });
}
