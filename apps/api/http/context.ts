import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '#kernel';
import { ProblemError } from './problems.js';

/** Who came, and under which correlation id. */
export interface RequestContext {
  readonly correlationId: string;
  /** Undefined on the few routes that answer without a key. */
  actor: Actor | undefined;
  /** The session cookie they came with, where it was no key. */
  session: string | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext;
    /** The body as it was sent, for the digest that recognises a command (EVENTS.md 2). */
    rawBody: Buffer | undefined;
  }
}

export type Request = FastifyRequest;
export type Reply = FastifyReply;

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The sender's own correlation id where it is well-formed, else a new one: a malformed one is ignored. */
export function correlationIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && CORRELATION_ID.test(header) ? header : randomUUID();
}

/** @throws ProblemError UNAUTHENTICATED: only on routes that answer without a key can this be */
export function actorOf(request: Request): Actor {
  const { actor } = request.context;
  if (actor === undefined) throw new ProblemError('UNAUTHENTICATED');
  return actor;
}
