import { createHmac } from 'node:crypto';
import { deriveId, isRefusal, type Refusal } from '#kernel';
import type { Executed } from '#execution';
import type { Origin } from '#rulebook';
import { idempotencyKeyOf } from '../commands/sending.js';
import type { Engine } from '../engine.js';
import { actorOf, type Reply, type Request } from '../http/context.js';
import { EMPTY_BODY } from '../http/empty-body.js';
import { problemOf, ProblemError } from '../http/problems.js';

/** Who publishes over HTTP: the same idempotency key again gives the first outcome. */
export function originOf(request: Request, { vault }: Engine): Origin {
  const actor = actorOf(request);
  const digest = createHmac('sha256', vault.secret('command-digest'))
    .update(`${request.url}\n`)
    .update(request.rawBody ?? EMPTY_BODY)
    .digest('hex');
  return {
    actor,
    commandId: deriveId(vault.secret('command-id'), actor.id, idempotencyKeyOf(request)),
    digest,
    correlationId: request.context.correlationId,
  };
}

/** Answers 201 with what was put on record, 200 where it was known. @throws ProblemError what was refused */
export function sendPublished(reply: Reply, outcome: Executed | Refusal): void {
  if (isRefusal(outcome)) throw new ProblemError(outcome.code, outcome.facts, problemOf(outcome).detail);
  const { result, position, repeated } = outcome;
  const isKnown = repeated || result['known'] === true;
  void reply
    .code(isKnown ? 200 : 201)
    .header('redress-position', position)
    .header('content-type', 'application/json; charset=utf-8');
  void reply.send(JSON.stringify({ ...result, known: isKnown, position }));
}
