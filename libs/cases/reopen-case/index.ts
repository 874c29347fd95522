import { accept } from '#kernel';
import { refuseMove, type CaseState, type ClosedPhase } from '../domain/index.js';
import { decider, freeText, present, TextCommand } from '../command.js';
import { ChoiceField, CodeField, TextField } from '../fields.js';

const REOPENED_TO = ['handling', 'resolved'] as const;

/** H-9: dissatisfied with the result, so it is taken up again. A case closed too early goes back to being resolved. */
export class ReopenCase extends TextCommand {
  @CodeField()
  reasonCode!: string;

  @ChoiceField(REOPENED_TO, { optional: true, description: 'handling where left out' })
  to?: (typeof REOPENED_TO)[number];

  @TextField({ optional: true })
  reason?: string;
}

/** Refusals: NOT_CLOSED: only a closed case can go back to being resolved. */
export const reopenCase = decider<ReopenCase>('ReopenCase', (command, state, facts) => {
  const { reasonCode, to = 'handling' } = command;
  const from = state.phase;
  if (!isOver(from) || (to === 'resolved' && from !== 'closed')) return refuseMove('NOT_CLOSED', state, facts, { to });
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  return accept([{ type: 'CaseReopened', data: { from, to, reasonCode }, personal }]);
});

const isOver = (phase: CaseState['phase']): phase is ClosedPhase =>
  phase === 'resolved' || phase === 'closed' || phase === 'declined' || phase === 'withdrawn';
