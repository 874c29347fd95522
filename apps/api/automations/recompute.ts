import { RecomputeProvisional, type Recomputed, type RecomputeProvisionalPorts } from '#automations';
import { RecomputeDeadlines, recomputeDeadlines } from '#cases';
import { deriveId, ENGINE, isRefusal, START } from '#kernel';
import { provisionalCases } from '#views';
import type { Engine } from '../engine/engine.js';

/** How long a pass waits for the views to come up to the log. */
const WAIT_FOR_VIEWS_MS = 5000;

/** The automation with the engine under it: cases come from the view, publications from the rulebook. */
export function recomputeProvisional(
  engine: Engine,
  told: Pick<RecomputeProvisionalPorts, 'onFailure'>,
): RecomputeProvisional {
  const secret = engine.vault.secret('recompute-deadlines');
  return new RecomputeProvisional({
    clock: engine.clock,
    pending: () =>
      engine.rulebook.register
        .publications()
        .filter(({ recomputed }) => !recomputed)
        .map(({ snapshot: { id, country }, recordedAt }) => ({ country, calendar: id, publishedAt: recordedAt })),
    viewsCaughtUp: async () =>
      engine.projector.waitFor((await engine.store.lastDelivered()) ?? START, WAIT_FOR_VIEWS_MS),
    provisionalCases: (after, limit) => provisionalCases(engine.views, after, limit),
    recompute: (caseId, calendar, pass) => recompute(engine, caseId, deriveId(secret, calendar, `${pass}`, caseId)),
    done: ({ country, calendar }, counts) => engine.rulebook.recomputed(country, { calendar, ...counts }),
    ...told,
  });
}

async function recompute({ executor }: Engine, id: string, commandId: string): Promise<Recomputed> {
  const before = (await executor.load(id))?.head.revision;
  const outcome = await executor.execute({
    id,
    decide: recomputeDeadlines,
    command: new RecomputeDeadlines(),
    commandId,
    digest: '',
    actor: ENGINE,
    correlationId: `case-${id}`,
  });
  if (isRefusal(outcome)) return 'failed';
  return outcome.repeated || outcome.revision === before ? 'unchanged' : 'moved';
}
