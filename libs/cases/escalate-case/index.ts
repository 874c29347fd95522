import { accept } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { CodeField, IntField, ListField, TextField } from '../fields.js';

/** E-1: those above are called in. */
export class EscalateCase extends TextCommand {
  @CodeField()
  reasonCode!: string;

  @ListField('id', { min: 1, description: 'The persons or posts who must acknowledge' })
  recipients!: string[];

  @IntField({ optional: true, min: 1, max: 9, description: 'One above the highest so far where left out' })
  level?: number;

  @TextField({ optional: true })
  reason?: string;
}

/** Result: `escalationId`, `level`. */
export const escalateCase = decider<EscalateCase>('EscalateCase', (command, state, facts) => {
  const { reasonCode } = command;
  const escalationId = facts.newId();
  const level = command.level ?? Math.min(9, Math.max(0, ...state.escalations.map((it) => it.level)) + 1);
  const recipients = [...new Set(command.recipients)];
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  const data = { escalationId, level, reasonCode, recipients };
  return accept([{ type: 'CaseEscalated', data, personal }], { escalationId, level });
});
