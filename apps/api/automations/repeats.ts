import { KeepRepeats, type Finding, type MatchRepeatsPorts } from '#automations';
import { MatchRepeats, matchRepeats } from '#cases';
import { comparePositions, ENGINE, isRefusal, newId, positionToken, START, type Position } from '#kernel';
import type { RepeatRules } from '#policy';
import { casesKeyed, casesOfKey, changedKeys, changesBehind, repeatCases } from '#views';
import { RepeatRulesOnRecord, REPEATS_VIEW } from '../../worker/repeat-rules.js';
import { checkpointOf, type CheckpointPlace } from './checkpoint.js';
import type { Engine } from '../engine/engine.js';

const WAIT_FOR_VIEW_MS = 30_000;

/** The automation with the engine under it: what is compared comes from the view, what is found goes through the executor. */
export function keepRepeats(engine: Engine, opened: Position, told: Pick<MatchRepeatsPorts, 'onFailure'>): KeepRepeats {
  const { views, projector, store } = engine;
  const onRecord = new RepeatRulesOnRecord(engine.rulebook.register);
  return new KeepRepeats({
    clock: engine.clock,
    get rules() {
      return onRecord.rules;
    },
    ready: () => isReady(engine, opened, onRecord.rules),
    changedKeys: (after, limit) => changedKeys(views, after, limit, Number(engine.viewsReached.prepare)),
    casesOfKey: (key, span) => casesOfKey(views, key, span),
    keyed: (sameness, caseIds) => casesKeyed(views, sameness, caseIds),
    casesOnRecord: (caseIds) => repeatCases(views, caseIds),
    send: (finding) => send(engine, finding),
    seen: async () => {
      const sent = (await store.lastDelivered()) ?? START;
      if (!(await projector.waitFor(sent, WAIT_FOR_VIEW_MS))) throw new Error('the views do not come up with the log');
    },
    checkpoint: checkpointIn(engine.checkpoints),
    ...told,
  });
}

/** A view that is being made, or was made by other rules, knows too little: what it does not show would be taken back. */
function isReady({ projector, viewsReached }: Engine, opened: Position, { fingerprint }: RepeatRules): boolean {
  const view = projector.status().find(({ name }) => name === REPEATS_VIEW);
  if (view?.version !== fingerprint) return false;
  return (view.state === 'live' || view.state === 'rebuilding') && comparePositions(viewsReached, opened) >= 0;
}

async function send({ executor }: Engine, { caseId, ...finding }: Finding): Promise<void> {
  const outcome = await executor.execute({
    id: caseId,
    decide: matchRepeats,
    command: Object.assign(new MatchRepeats(), finding),
    commandId: newId(),
    digest: '',
    actor: ENGINE,
    correlationId: `case-${caseId}`,
  });
  if (isRefusal(outcome)) throw new Error(`the repeats of case ${caseId} were refused: ${outcome.code}`);
}

/** How far the repeats are matched. */
export interface RepeatsStatus {
  readonly name: 'match-repeats';
  /** How many changes wait to be matched; null while nobody can tell: the views are paused, or made by other rules. */
  readonly lagChanges: number | null;
  readonly checkpoint: string | null;
}

export async function repeatsStatus({ views, automations, store, settings }: Engine): Promise<RepeatsStatus> {
  if (settings.projections === 'pause') return { name: 'match-repeats', lagChanges: null, checkpoint: null };
  const position = await automations.repeats.position();
  const at = BigInt(position);
  return {
    name: 'match-repeats',
    lagChanges: automations.repeats.isWaiting ? null : await changesBehind(views, position),
    checkpoint: position < 0 ? null : positionToken(store.epoch, { commit: at, prepare: at }),
  };
}

/** The view counts positions as numbers: that of the embedded log is one. */
function checkpointIn(place: CheckpointPlace): MatchRepeatsPorts['checkpoint'] {
  // Lost, or of another log, it costs time and nothing else: what is on record already is not recorded again.
  const kept = checkpointOf(REPEATS_VIEW, place);
  return {
    read: async () => Number((await kept.read())?.prepare ?? -1),
    write: (reached) => kept.write({ commit: BigInt(reached), prepare: BigInt(reached) }),
  };
}
