import { accept, refuse } from '#kernel';
import { holdersOf } from '../domain/index.js';
import { decider, freeText, present, TextCommand } from '../command.js';
import { CodeField, IntField, ListField, TextField } from '../fields.js';

/** E-1: those above are called in. */
export class EscalateCase extends TextCommand {
  @CodeField()
  reasonCode!: string;

  @ListField('id', {
    min: 1,
    optional: true,
    description: 'The persons or posts who must acknowledge; those of the chain where left out',
  })
  recipients?: string[];

  @CodeField({ optional: true, description: 'A chain of the pack, whose next level follows where nobody acknowledges' })
  chain?: string;

  @IntField({ optional: true, min: 1, max: 9, description: 'One above the highest so far where left out' })
  level?: number;

  @TextField({ optional: true })
  reason?: string;
}

/** Result: `escalationId`, `level`. Refusals: UNKNOWN_ESCALATION_CHAIN, RECIPIENTS_MISSING. */
export const escalateCase = decider<EscalateCase>('EscalateCase', (command, state, facts) => {
  const { reasonCode, chain } = command;
  const rule = chain === undefined ? undefined : facts.policy.escalation(chain);
  if (chain !== undefined && rule === undefined) {
    const allowed = facts.policy.escalations.map(({ id }) => id);
    return refuse('UNKNOWN_ESCALATION_CHAIN', { chain, allowed });
  }
  const highest = Math.max(0, ...state.escalations.filter((it) => it.chain === chain).map((it) => it.level));
  const level = command.level ?? Math.min(rule?.levels.length ?? 9, highest + 1);
  const recipients = command.recipients ?? holdersOf(rule?.levels[level - 1]?.to ?? [], state, facts.policy, facts.at);
  if (recipients.length === 0) return refuse('RECIPIENTS_MISSING', { level });
  const escalationId = facts.newId();
  const personal = present({ reason: freeText(command, state, facts)(command.reason) });
  const of = rule === undefined ? {} : { chain: rule.id, source: rule.source };
  const data = { escalationId, level, reasonCode, recipients: [...new Set(recipients)], ...of };
  return accept([{ type: 'CaseEscalated', data, personal }], { escalationId, level });
});
