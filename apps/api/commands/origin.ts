import { createHmac } from 'node:crypto';
import { deriveId, type Actor } from '#kernel';
import type { Engine } from '../engine/engine.js';
import { actorOf, type Request } from '../http/context.js';
import { EMPTY_BODY } from '../http/empty-body.js';
import { idempotencyKeyOf } from './sending.js';

/** Who sends a command, and under which id, so that it is recognised when it comes again. */
export interface Origin {
  readonly actor: Actor;
  readonly commandId: string;
  readonly digest: string;
  readonly correlationId: string;
}

/**
 * Who sends over HTTP: the same idempotency key again gives the first outcome.
 * @param about what the body is an order for, so that a key is not taken for the same order elsewhere
 * @throws ProblemError BAD_HEADER
 */
export function originOf(request: Request, { vault }: Engine, about = request.url): Origin {
  const actor = actorOf(request);
  const digest = createHmac('sha256', vault.secret('command-digest'))
    .update(`${about}\n`)
    .update(request.rawBody ?? EMPTY_BODY)
    .digest('hex');
  const commandId = deriveId(vault.secret('command-id'), actor.id, idempotencyKeyOf(request));
  return { actor, commandId, digest, correlationId: request.context.correlationId };
}
