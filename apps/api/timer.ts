import { SettleDue, type Settled, type SettleDuePorts } from '#automations';
import { settleCase, SettleCase } from '#cases';
import { ENGINE, isRefusal, newId } from '#kernel';
import { dueBefore, nextDue } from '#views';
import type { Engine } from './engine.js';

/** The automation with the engine under it: due times come from the view, settling goes through the executor. */
export const settleDue = (engine: Engine, told: Pick<SettleDuePorts, 'onSettled' | 'onFailure'>): SettleDue =>
  new SettleDue({
    clock: engine.time.clock,
    nextDue: (from) => nextDue(engine.views, from),
    dueBefore: (instant, limit, after) => dueBefore(engine.views, instant, limit, after),
    settle: (caseId) => settle(engine, caseId),
    ...told,
  });

async function settle({ executor }: Engine, id: string): Promise<Settled> {
  const before = (await executor.load(id))?.head.revision;
  const outcome = await executor.execute({
    id,
    decide: settleCase,
    command: new SettleCase(),
    commandId: newId(),
    digest: '',
    actor: ENGINE,
    correlationId: `case-${id}`,
  });
  if (isRefusal(outcome)) return 'failed';
  return outcome.revision === before ? 'nothing_due' : 'settled';
}
