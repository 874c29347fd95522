import { CustomerStandings, type CustomerStandingPorts } from '#automations';
import { caseAggregate, customerOf, recordCustomerStanding, RecordCustomerStanding } from '#cases';
import { isErased } from '#customers';
import { ENGINE, isRefusal, newId } from '#kernel';
import { openCasesOf } from '#views';
import { followedFrom } from './checkpoint.js';
import type { Engine } from '../engine/engine.js';
import { foldedNow } from '../customers/folded.js';

const WAIT_FOR_VIEW_MS = 30_000;

/** C-1, S-4, with the engine under it: whose cases they are comes from the view, how things stand from the streams themselves. */
export function customerStandings(engine: Engine, told: Pick<CustomerStandingPorts, 'onFailure'>): CustomerStandings {
  const { store, projector, views } = engine;
  return new CustomerStandings({
    clock: engine.clock,
    reader: store,
    checkpoint: followedFrom('standings', engine.checkpoints),
    openCasesOf: async (customerId, asOf) => {
      if (!(await projector.waitFor(asOf, WAIT_FOR_VIEW_MS))) throw new Error('the views do not come up with the log');
      return openCasesOf(views, customerId);
    },
    tell: (caseId) => tell(engine, caseId),
    ...told,
  });
}

async function tell(engine: Engine, caseId: string): Promise<void> {
  const state = await foldedNow(engine.store, caseAggregate, caseId);
  if (state === undefined) return;
  const customerId = customerOf(state);
  const customer = customerId === undefined ? undefined : await engine.customers.state(customerId);
  const isKnown = customer !== undefined && !isErased(customer);
  const outcome = await engine.executor.execute({
    id: caseId,
    decide: recordCustomerStanding,
    command: Object.assign(new RecordCustomerStanding(), {
      ...(customerId === undefined ? {} : { customerId }),
      ...(isKnown && customer.tier !== undefined ? { tier: customer.tier } : {}),
      quality: isKnown && customer.quality.length > 0,
      special: isKnown && customer.special,
    }),
    commandId: newId(),
    digest: '',
    actor: ENGINE,
    correlationId: `case-${caseId}`,
  });
  if (isRefusal(outcome)) throw new Error(`the case ${caseId} was not told of its customer: ${outcome.code}`);
}
