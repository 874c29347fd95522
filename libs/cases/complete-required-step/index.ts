import { accept, refuse } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { CodeField, IdField, TextField } from '../fields.js';

/** H-4: a step that must be done before the case may be resolved; some are done by two people together. */
export class CompleteRequiredStep extends TextCommand {
  @CodeField()
  step!: string;

  @IdField({ optional: true, description: 'Who did it together with the sender' })
  secondPerson?: string;

  @TextField({ optional: true })
  text?: string;
}

/** Refusals: STEP_DONE, SECOND_PERSON_IS_FIRST, HANDLER_RECUSED (H-2, for the second person too). */
export const completeRequiredStep = decider<CompleteRequiredStep>('CompleteRequiredStep', (command, state, facts) => {
  const { step, secondPerson } = command;
  if (state.steps.includes(step)) return refuse('STEP_DONE', { step });
  if (secondPerson === facts.actor.id) return refuse('SECOND_PERSON_IS_FIRST', { secondPerson });
  if (secondPerson !== undefined && state.recused.includes(secondPerson)) {
    return refuse('HANDLER_RECUSED', { person: secondPerson });
  }
  const personal = present({ text: freeText(command, state, facts)(command.text) });
  return accept([{ type: 'RequiredStepDone', data: { step, ...present({ secondPerson }) }, personal }]);
});
