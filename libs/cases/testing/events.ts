import type { CaseEvent, Party } from '../domain/index.js';

type Data<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>['data'];

export const complainant: Party = { partyId: 'anna', role: 'complainant' };

/** Events for `given`, with what does not matter filled in. */
export const received = (data: Partial<Data<'CaseReceived'>> = {}): CaseEvent => ({
  type: 'CaseReceived',
  data: { kind: 'complaint', channel: 'phone', parties: [complainant], persons: 1, circumstances: [], ...data },
});

export const accepted = (): CaseEvent => ({ type: 'CaseAccepted', data: {} });

export const assigned = (unit = 'property', owner?: string): CaseEvent => ({
  type: 'CaseAssigned',
  data: { unit, ...(owner === undefined ? {} : { owner }) },
});

export const resolved = (): CaseEvent => ({ type: 'CaseResolved', data: { outcome: 'remedied' } });

export const visited = (reached = true): CaseEvent => ({
  type: 'ReturnVisitMade',
  data: { channel: 'phone', reached },
});

export const closed = (): CaseEvent => ({ type: 'CaseClosed', data: {} });

export const declined = (): CaseEvent => ({ type: 'CaseDeclined', data: { reasonCode: 'not_ours' } });

export const planProposed = (planId = 'plan-1'): CaseEvent => ({ type: 'PlanProposed', data: { planId } });

export const promised = (promiseId = 'promise-1', dueAt = '2026-01-06T01:00:00.000Z'): CaseEvent => ({
  type: 'PromiseMade',
  data: { promiseId, dueAt },
});

export const waiting = (): CaseEvent => ({ type: 'WaitingStarted', data: { waitingFor: 'customer' } });

export const recused = (person: string): CaseEvent => ({
  type: 'HandlerRecused',
  data: { person, reasonCode: 'complained_about' },
});

export const escalated = (escalationId = 'escalation-1'): CaseEvent => ({
  type: 'CaseEscalated',
  data: { escalationId, level: 1, reasonCode: 'too_hard', recipients: ['wang'] },
});

export const compensationProposed = (
  data: Partial<Data<'CompensationProposed'>> = {},
): Extract<CaseEvent, { type: 'CompensationProposed' }> => ({
  type: 'CompensationProposed',
  data: {
    compensationId: 'compensation-1',
    amountCents: 10_000,
    currency: 'CNY',
    proposedBy: 'li',
    ruling: { rule: 'H-5.small', approverRole: 'supervisor', source: '·' },
    ...data,
  },
});

export const linked = (linkId = 'link-1'): CaseEvent => ({
  type: 'CaseLinked',
  data: { linkId, otherCaseId: '2', relation: 'related', rule: 'person' },
});
