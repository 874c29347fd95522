import { accept, refuse } from '#kernel';
import { decider, freeText, TextCommand } from '../command.js';
import { InstantField, TextField } from '../fields.js';

/** K-3: a time is promised, and binds whatever the progress. V-4: so is what a visit could not answer. */
export class MakePromise extends TextCommand {
  @InstantField()
  dueAt!: string;

  @TextField({ description: 'What was promised' })
  text!: string;
}

/** Result: `promiseId`. Refusals: DUE_BEFORE_MADE. */
export const makePromise = decider<MakePromise>('MakePromise', (command, state, facts) => {
  const { dueAt, occurredAt: madeAt = facts.at } = command;
  if (dueAt <= madeAt) return refuse('DUE_BEFORE_MADE', { dueAt, madeAt });
  const promiseId = facts.newId();
  const personal = { text: freeText(command, state, facts)(command.text) };
  return accept([{ type: 'PromiseMade', data: { promiseId, dueAt }, personal }], { promiseId });
});
