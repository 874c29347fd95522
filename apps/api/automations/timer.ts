import { SettleDue, type DueEntry, type Settled, type SettleDuePorts } from '#automations';
import { settleCase, SettleCase } from '#cases';
import { CarrierAway, type Carrier, type Receiver } from '#jobs';
import { ENGINE, isRefusal, newId } from '#kernel';
import { dueBefore, nextDue } from '#views';
import type { Engine } from '../engine/engine.js';

/** The queue of what fell due; one of its jobs names a case and what is due in it. */
const SETTLEMENTS = 'settlements';
/** As many are settled at a time in one process: enough to fill a commit of the log. */
const SETTLED_AT_ONCE = 50;
/** What was handed on is handed on again when it is still due in the view after this long; in Redis yet, it is not added twice. */
const HANDED_ON_REST_MS = 30_000;

type Told = Pick<SettleDuePorts, 'onSettled' | 'onFailure'>;

/**
 * The automation with the engine under it: due times come from the view, settling goes through the executor of whichever
 * process is free where there is a carrier, else through this one's.
 */
export const settleDue = (engine: Engine, told: Told, carrier?: Carrier): SettleDue =>
  new SettleDue({
    clock: engine.time.clock,
    nextDue: (from) => nextDue(engine.views, from),
    dueBefore: (instant, limit, after) => dueBefore(engine.views, instant, limit, after),
    ...(carrier === undefined
      ? { settle: (caseId: string) => settle(engine, caseId) }
      : { settle: (_: string, due: DueEntry) => handOn(carrier, due), firstRestMs: HANDED_ON_REST_MS }),
    ...told,
  });

async function handOn(carrier: Carrier, { caseId, at, seq }: DueEntry): Promise<'handed_on'> {
  try {
    await carrier.send(SETTLEMENTS, [`${at} ${seq} ${caseId}`]);
  } catch (error) {
    // It says so once itself, and when it is back all that is due is handed on anew: no word per case.
    if (!(error instanceof CarrierAway)) throw error;
  }
  return 'handed_on';
}

/**
 * Settles what any process found due. The view stays due until it is done, which is all the memory there is to it; a case
 * that is settled twice has nothing due the second time (EVENTS.md 12).
 */
export const receiveSettlements = (engine: Engine, carrier: Carrier, { onSettled }: Told): Receiver =>
  carrier.receive(SETTLEMENTS, SETTLED_AT_ONCE, async (name) => {
    // EVENTS.md 19: when time can be trusted again the timer finds it due still.
    if (engine.time.clock.suspended !== undefined) return;
    onSettled?.(await settle(engine, name.split(' ').slice(2).join(' ')));
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
