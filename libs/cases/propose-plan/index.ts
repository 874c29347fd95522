import { accept } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { IdField, InstantField, TextField } from '../fields.js';

/** H-3: measures, time, owner. Several options may be on the table at once. */
export class ProposePlan extends TextCommand {
  @TextField()
  measures!: string;

  @IdField({ optional: true, description: 'The person who carries it out' })
  owner?: string;

  @InstantField({ optional: true, description: 'When it is to be done' })
  dueAt?: string;
}

/** Result: `planId`. */
export const proposePlan = decider<ProposePlan>('ProposePlan', (command, state, facts) => {
  const { owner, dueAt } = command;
  const planId = facts.newId();
  const personal = { measures: freeText(command, state, facts)(command.measures) };
  return accept([{ type: 'PlanProposed', data: { planId, ...present({ owner, dueAt }) }, personal }], { planId });
});
