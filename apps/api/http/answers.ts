import { STATUS_CODES } from 'node:http';
import { HttpException, type ArgumentsHost, type ExceptionFilter, Catch } from '@nestjs/common';
import { EventStoreError, GroupError, GroupRefused } from '#event-store';
import type { JsonObject } from '#kernel';
import { DatabaseUnusable } from '#sql';
import type { Reply, Request } from './context.js';
import { asksForPage } from './page-headers.js';
import { codeOfError, problemOf, ProblemError, type Problem } from './problems.js';
import { signInPage } from './sign-in-page.js';

/** Answers whatever went wrong with a problem; what is our own fault goes to the log with its correlation id. */
export function answerError(error: unknown, request: Request, reply: Reply): void {
  const problem = describe(error);
  if (problem.status >= 500 && problem.status !== 503) {
    request.log.error({ err: error, correlationId: request.context?.correlationId }, 'a request failed');
  }
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  if (problem.status === 401) {
    void reply.header('www-authenticate', 'Bearer realm="redress"');
    if (asksForPage(request.method, request.headers.accept)) {
      void reply.code(401).type('text/html; charset=utf-8').send(signInPage(problem.code));
      return;
    }
  }
  sendProblem(request, reply, problem);
}

export function sendProblem(request: Request, reply: Reply, problem: Problem): void {
  const correlationId = request.context?.correlationId;
  if (problem.status === 503) void reply.header('retry-after', '1');
  void reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(correlationId === undefined ? problem : { ...problem, correlationId }));
}

function describe(error: unknown): Problem {
  if (error instanceof ProblemError) return problemOf(error, error.message);
  if (error instanceof DatabaseUnusable)
    return problemOf({ code: 'DATABASE_UNAVAILABLE', facts: { cause: error.code } });
  if (error instanceof EventStoreError) return problemOf({ code: error.code, facts: factsOf(error) }, error.message);
  if (error instanceof HttpException) return byStatus(error.getStatus());
  const code = codeOfError(error as { code?: string; statusCode?: number });
  return problemOf({ code: code ?? 'INTERNAL', facts: {} });
}

function factsOf(error: EventStoreError): JsonObject {
  if (!(error instanceof GroupError)) return {};
  const { stream, group } = error;
  return { stream, group, ...(error instanceof GroupRefused && { reason: error.reason }) };
}

function byStatus(status: number): Problem {
  const code = codeOfError({ statusCode: status }) ?? 'INTERNAL';
  const problem = problemOf({ code, facts: {} });
  return problem.status === status || status >= 500
    ? problem
    : { ...problem, status, title: STATUS_CODES[status] ?? problem.title };
}

/** What a controller throws comes out here, in the same shape as what Fastify refuses before it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerError(error, http.getRequest<Request>(), http.getResponse<Reply>());
  }
}
