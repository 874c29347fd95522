import { accept, refuse } from '#kernel';
import type { CaseEvent } from '../domain/index.js';
import { CaseCommand, decider } from '../command.js';
import { CodeField, IdField } from '../fields.js';

/** a person says that the other case is not about the same; nothing is lost, and no matching brings it back. */
export class DismissRepeat extends CaseCommand {
  @CodeField({ description: 'The rule that found it' })
  rule!: string;

  @IdField()
  otherCaseId!: string;

  @CodeField()
  reasonCode!: string;
}

/** Refusals: NOT_A_REPEAT with what is one. */
export const dismissRepeat = decider<DismissRepeat>(
  'DismissRepeat',
  ({ rule, otherCaseId, reasonCode }, { repeats }) => {
    const found = repeats.find((it) => it.rule === rule && it.cases.includes(otherCaseId));
    if (found === undefined)
      return refuse('NOT_A_REPEAT', { rule, otherCaseId, repeats: repeats.map((it) => it.rule) });
    const cases = found.cases.filter((it) => it !== otherCaseId);
    const left: CaseEvent =
      cases.length === 0
        ? { type: 'RepeatWithdrawn', data: { rule } }
        : { type: 'RepeatFound', data: { ...found, cases } };
    return accept([{ type: 'RepeatDismissed', data: { rule, otherCaseId, reasonCode } }, left]);
  },
);
