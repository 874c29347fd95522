import { RoutineVisits, visitsDue, type EndedVisit, type RoutineVisitsPorts } from '#automations';
import { receiveCase, ReceiveCase, withdrawCase, WithdrawCase } from '#cases';
import { endVisit, settleCustomer } from '#customers';
import type { WakingLoop } from '#jobs';
import { ENGINE, isRefusal, newId, type Refusal } from '#kernel';
import { nextCustomerDue, customersDue as dueIn } from '#views';
import { followedFrom } from './checkpoint.js';
import type { Engine } from '../engine/engine.js';

type Told = Pick<RoutineVisitsPorts, 'onFailure'>;

/** V-2 and C-2, with the engine under it: due times come from the view, settling goes through the executor. */
export const settleVisits = (engine: Engine, told: Told): WakingLoop =>
  visitsDue({
    clock: engine.clock,
    dueBefore: (instant, limit, after) => dueIn(engine.views, instant, limit, after),
    nextDue: (from) => nextCustomerDue(engine.views, from),
    settle: async (customerId) => {
      const sent = { decide: settleCustomer, command: {}, commandId: newId() };
      const outcome = await engine.customers.execute({
        id: customerId,
        ...sent,
        ...byEngine(`customer-${customerId}`),
      });
      if (isRefusal(outcome)) throw new Error(`the customer ${customerId} was not settled: ${outcome.code}`);
    },
    ...told,
  });

export function routineVisits(engine: Engine, told: Told): RoutineVisits {
  return new RoutineVisits({
    clock: engine.clock,
    reader: engine.store,
    checkpoint: followedFrom('visits', engine.checkpoints),
    open: (visit) => open(engine, visit),
    callOff: (visit) => callOff(engine, visit),
    end: (visit) => end(engine, visit),
    ...told,
  });
}

/** The customer's words stay in their file, where an erasure reaches them: the visit points there, and says what to ask about. */
async function open(engine: Engine, { customerId, visitId }: { customerId: string; visitId: string }): Promise<void> {
  const customer = await engine.customers.state(customerId);
  const visit = customer?.visits.find((it) => it.visitId === visitId);
  if (customer === undefined || visit === undefined) throw new Error(`there is no visit ${visitId} of ${customerId}`);
  const rule = engine.customers.policyOf(customer).routineVisits.find(({ id }) => id === visit.visit);
  const command: Partial<ReceiveCase> = {
    kind: 'visit',
    channel: 'return_visit',
    subject: rule === undefined ? visit.visit : `${rule.label.zh} · ${rule.label.en}`,
    content: rule === undefined ? visit.visit : `${rule.asks.zh}\n${rule.asks.en}`,
    openedFromCustomer: customerId,
    visit: visit.visit,
    occurredAt: visit.opensAt,
    ...(customer.unit === undefined ? {} : { unit: customer.unit }),
    ...(customer.pack === undefined ? {} : { pack: customer.pack }),
  };
  const outcome = await engine.executor.execute({
    ...{ id: visitId, create: true, decide: receiveCase },
    command: Object.assign(new ReceiveCase(), command),
    ...{ commandId: `visit-${visitId}`, ...byEngine(`customer-${customerId}`) },
  });
  if (isRefusal(outcome)) throw new Error(`the visit ${visitId} was refused: ${outcome.code}`);
}

async function callOff({ executor }: Engine, { visitId, reasonCode }: { visitId: string; reasonCode: string }) {
  const outcome = await executor.execute({
    ...{ id: visitId, decide: withdrawCase },
    command: Object.assign(new WithdrawCase(), { reasonCode }),
    ...{ commandId: `visit-${visitId}-off`, ...byEngine(`case-${visitId}`) },
  });
  if (isRefusal(outcome) && !isOverOrNeverWas(outcome)) {
    throw new Error(`the visit ${visitId} was not called off: ${outcome.code}`);
  }
}

/** One that had not fallen due has no case; one that came to its end stays as it is. */
const isOverOrNeverWas = ({ code }: Refusal): boolean => code === 'NOT_FOUND' || code.startsWith('CASE_');

async function end({ customers }: Engine, { customerId, visitId, outcome: how }: EndedVisit): Promise<void> {
  const outcome = await customers.execute({
    ...{ id: customerId, decide: endVisit, command: { visitId, outcome: how } },
    ...{ commandId: `visit-${visitId}-ended`, ...byEngine(`customer-${customerId}`) },
  });
  // A case that somebody said was opened from a customer who is not ours has nobody to tell.
  if (isRefusal(outcome) && outcome.code !== 'NOT_FOUND') {
    throw new Error(`the end of the visit ${visitId} was refused: ${outcome.code}`);
  }
}

const byEngine = (correlationId: string) => ({ digest: '', actor: ENGINE, correlationId });
