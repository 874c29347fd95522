import { createHmac, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CaseCommandEntry } from '#cases';
import type { Executed } from '#execution';
import { deriveId, isId, isRefusal, type Actor, type Refusal } from '#kernel';
import { Engine } from '../engine/engine.js';
import { actorOf, type Reply, type Request } from '../http/context.js';
import { sendProblem } from '../http/answers.js';
import { problemOf, ProblemError } from '../http/problems.js';
import { Telemetry } from '../telemetry.js';
import { messageOf, type Order } from './handlers.js';

const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;
const ETAG = /^"(\d{1,15})"$/;

/** A command that is ready to be sent, whatever it was made from. */
export interface Outgoing {
  readonly definition: CaseCommandEntry;
  readonly command: object;
  readonly creates: boolean;
  /** What the digest covers: the bytes as they were sent (EVENTS.md 2). */
  readonly sentBytes: Buffer;
}

/** Brings a command from a request to the bus and its outcome back to the sender. */
@Injectable()
export class CommandSender {
  private readonly secrets: { readonly commandId: Buffer; readonly caseId: Buffer; readonly digest: Buffer };

  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(Engine) engine: Engine,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {
    const { vault } = engine;
    this.secrets = {
      commandId: vault.secret('command-id'),
      caseId: vault.secret('case-id'),
      digest: vault.secret('command-digest'),
    };
  }

  /** Sends the command and answers the request. */
  async answer(outgoing: Outgoing, request: Request, reply: Reply): Promise<void> {
    const actor = actorOf(request);
    const key = idempotencyKeyOf(request);
    const id = outgoing.creates ? deriveId(this.secrets.caseId, actor.id, key) : caseIdOf(request);
    const outcome = await this.send(outgoing, this.order(outgoing, { request, actor, key, id }));
    if (isRefusal(outcome)) return sendProblem(request, reply, problemOf(outcome));
    sendExecuted(reply, CASES, { id, outcome, created: outgoing.creates });
  }

  private async send(outgoing: Outgoing, order: Order): Promise<Executed | Refusal> {
    const { name } = outgoing.definition;
    const outcome = await this.bus.execute<never, Executed | Refusal>(messageOf(name, order) as never);
    this.telemetry.commandAnswered(name, outcome);
    return outcome;
  }

  private order(
    { command, creates, definition, sentBytes }: Outgoing,
    { request, actor, key, id }: { request: Request; actor: Actor; key: string; id: string },
  ): Order {
    const ifMatch = etagOf(request.headers['if-match']);
    return {
      id,
      create: creates,
      command,
      commandId: deriveId(this.secrets.commandId, actor.id, key),
      digest: createHmac('sha256', this.secrets.digest).update(`${definition.name}\n`).update(sentBytes).digest('hex'),
      actor,
      correlationId: request.context.correlationId,
      ...(ifMatch === undefined ? {} : { ifMatch }),
    };
  }
}

/** The sender's key, a fresh one where there is none: such a command cannot be recognised when it comes again. */
export function idempotencyKeyOf(request: Request): string {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return randomUUID();
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return key;
  throw new ProblemError(
    'BAD_HEADER',
    { header: 'Idempotency-Key' },
    'Idempotency-Key takes 1 to 255 printable ASCII characters.',
  );
}

/** The revision that the sender believes in; undefined where any will do. @throws ProblemError BAD_HEADER */
export function etagOf(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const revision = ETAG.exec(header)?.[1];
  if (revision !== undefined) return Number(revision);
  throw new ProblemError(
    'BAD_HEADER',
    { header: 'If-Match' },
    'If-Match takes one ETag as an answer gave it, e.g. "7".',
  );
}

/** @throws ProblemError CASE_NOT_FOUND for what cannot be the id of a case */
export function caseIdOf(request: Request): string {
  const { id } = request.params as { id: string };
  if (!isId(id)) throw new ProblemError('CASE_NOT_FOUND');
  return id;
}

/** Where what was sent to is found, and under which name an answer has its id. */
export interface Addressed {
  readonly path: '/cases' | '/customers';
  readonly idName: 'caseId' | 'customerId';
}

const CASES: Addressed = { path: '/cases', idName: 'caseId' };

/** 201 with an address where it was created, else 200; an answer given before says so. */
export function sendExecuted(
  reply: Reply,
  { path, idName }: Addressed,
  { id, outcome, created }: { readonly id: string; readonly outcome: Executed; readonly created: boolean },
): void {
  const { revision, etag, position, result, repeated } = outcome;
  void reply
    .code(created ? 201 : 200)
    .header('etag', `"${etag}"`)
    .header('redress-position', position)
    .header('content-type', 'application/json; charset=utf-8');
  if (created) void reply.header('location', `${path}/${id}`);
  if (repeated) void reply.header('idempotency-replayed', 'true');
  void reply.send(JSON.stringify({ [idName]: id, revision, position, result }));
}
