import { accept, refuse, type Facts } from '#kernel';
import type { Policy } from '#policy';
import { deadlineGiven, SOURCE_TARGET_CLOCK, type CaseEvent } from '../domain/index.js';
import { decider, personSecret, present, secretText } from '../command.js';
import { readHistoricValues } from '../pack-fields.js';
import type { ImportHistory } from './command.js';
import { Past } from './past.js';

export { HistoricalEntry, ImportHistory } from './command.js';

/**
 * EVENTS.md 18: history is recorded as it was. Moves that the strict life forbids are not refused but flagged on their
 * entry. Result: `complainant`, `entries`, `irregular` (how many of them are flagged). Refusals: OCCURRED_IN_FUTURE.
 */
export const importHistory = decider<ImportHistory>('ImportHistory', (command, _state, facts) => {
  const { takenOverAt, entries } = command;
  const latest = [command.openedAt, takenOverAt, ...entries.map(({ at }) => at)].find((at) => at > facts.at);
  if (latest !== undefined) return refuse('OCCURRED_IN_FUTURE', { occurredAt: latest, now: facts.at });
  const complainant = facts.newKey();
  const past = new Past(command, facts, complainant);
  const steps = entries.map((entry) => past.tell(entry));
  const events: CaseEvent[] = [
    received(command, complainant, facts),
    imported(command, complainant),
    ...target(command),
    ...steps.flatMap((step) => step.events),
    { type: 'TakenOver', data: { at: takenOverAt }, occurredAt: takenOverAt },
  ];
  const irregular = steps.filter((step) => step.irregular.length > 0).length;
  return { ...accept(events, { complainant, entries: entries.length, irregular }), historical: true };
});

function received(command: ImportHistory, complainant: string, facts: Facts<Policy>): CaseEvent {
  const { kind, channel, persons, category, unit, externalReference, openedAt } = command;
  const values = readHistoricValues(command.fields, facts.policy.fields);
  const text = (value: string | undefined) =>
    value === undefined ? undefined : secretText(facts, [complainant], value);
  return {
    type: 'CaseReceived',
    data: {
      kind,
      channel,
      parties: [{ partyId: complainant, role: 'complainant' }],
      persons,
      circumstances: [...new Set(command.circumstances)],
      ...present({ category, unit }),
      ...(Object.keys(values.open).length === 0 ? {} : { fields: values.open }),
      ...(externalReference === undefined ? {} : { externalReferenceGiven: true as const }),
    },
    personal: present({
      subject: text(command.subject),
      content: text(command.content),
      complainant: personSecret(complainant, command.complainant),
      externalReference: externalReference === undefined ? undefined : { keyId: complainant, value: externalReference },
      fields: values.personal && { keyId: complainant, value: values.personal },
    }),
    occurredAt: openedAt,
  };
}

const imported = (
  { source, mapping, entries, sourceKey, openedAt }: ImportHistory,
  complainant: string,
): CaseEvent => ({
  type: 'HistoryImported',
  data: { source, mapping, rows: entries.length },
  personal: { sourceKey: { keyId: complainant, value: sourceKey } },
  occurredAt: openedAt,
});

/** The target that the source itself set: the one clock that history is judged by. */
const target = ({ source, targetAt, openedAt }: ImportHistory): readonly CaseEvent[] =>
  targetAt === undefined
    ? []
    : [deadlineGiven(SOURCE_TARGET_CLOCK, 1, { startsAt: openedAt, dueAt: targetAt, source })];
