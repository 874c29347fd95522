import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { LogController, type FastifyBaseLogger } from 'fastify';
import type { Settings } from '../start-up/settings.js';
import { tlsFiles } from '../start-up/tls-files.js';
import { admit, type Gatekeeper } from './access.js';
import { AllowedMethods } from './allowed-methods.js';
import { answerError } from './answers.js';
import { correlationIdOf, type Reply, type Request } from './context.js';
import { hostCheck } from './host-check.js';
import { parseJsonBody } from './json-body.js';
import { asksForPage, PAGE_HEADERS } from './page-headers.js';
import { problemOf, ProblemError } from './problems.js';

/** What a command or query may take; imports and attachments have limits of their own. */
export const BODY_LIMIT_BYTES = 1024 * 1024;

export interface Observer {
  answered(request: Request, reply: Reply): void;
}

export interface EdgeOptions {
  readonly settings: Settings;
  readonly gatekeeper: Gatekeeper;
  readonly logger: FastifyBaseLogger;
  readonly observer: Observer;
}

/** Nest's adapter with our own ends: what Fastify refuses and what no route knows are problems like all others. */
class ProblemAdapter extends FastifyAdapter {
  /** Set before the first route: a route keeps the handler that stood when it was added. */
  answerErrors(): void {
    const fastify = this.getInstance();
    const allowed = new AllowedMethods();
    fastify.addHook('onRoute', (route) => allowed.add(route));
    fastify.setErrorHandler((error, request, reply) => answerError(error, request as Request, reply as Reply));
    fastify.setNotFoundHandler((request, reply) => {
      const allow = allowed.of(request.url);
      if (allow.length > 0) void reply.header('allow', allow.join(', '));
      const isUnknown = allow.length === 0 || allow.includes(request.method);
      const problem = isUnknown ? new ProblemError('UNKNOWN_ROUTE') : new ProblemError('METHOD_NOT_ALLOWED', { allow });
      answerError(problem, request as Request, reply as Reply);
    });
  }

  override setErrorHandler(): never {
    return this.getInstance() as never;
  }

  override setNotFoundHandler(): never {
    return this.getInstance() as never;
  }
}

/** The HTTP server with everything that happens to every request; one hook each way, because this is the hot path. */
export function edge(options: EdgeOptions): FastifyAdapter {
  const { settings, logger } = options;
  const tls = tlsFiles(settings);
  const adapter = new ProblemAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger of its own per request would cost more than the line it writes: ids go into the line.
    childLoggerFactory: (own: FastifyBaseLogger) => own,
    bodyLimit: BODY_LIMIT_BYTES,
    skipMiddie: true,
    trustProxy: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error: Error, request: unknown, reply: unknown) =>
      answerError(error, withContext(request as Request), reply as Reply),
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
    ...(tls && { https: tls }),
  } as never);
  const fastify = adapter.getInstance();
  fastify.decorateRequest('context', null as never);
  fastify.decorateRequest('rawBody', undefined);
  adapter.answerErrors();
  addParsers(adapter, settings);
  addHooks(adapter, options);
  return adapter;
}

/** Imports come in batches of hundreds of cases. */
const IMPORT_LIMIT_BYTES = 32 * 1024 * 1024;
/** The file of an import that is handed over, streamed; compressed where it is. */
export const IMPORT_FILE_LIMIT_BYTES = 1024 * 1024 * 1024;
export const IMPORT_FILE_ROUTE = '/imports/:id/file';
const IMPORT_ROUTES = ['/import/cases', '/organisation/import'];
export const UPLOAD_ROUTE = '/cases/:id/attachments';
const UPLOAD_ROUTES = [UPLOAD_ROUTE, IMPORT_FILE_ROUTE];

function addParsers(adapter: FastifyAdapter, { attachmentLimitBytes }: Settings): void {
  const fastify = adapter.getInstance();
  fastify.addHook('onRoute', (route) => {
    if (IMPORT_ROUTES.includes(route.url)) route.bodyLimit = IMPORT_LIMIT_BYTES;
    if (route.url === UPLOAD_ROUTE) route.bodyLimit = attachmentLimitBytes;
    if (route.url === IMPORT_FILE_ROUTE) route.bodyLimit = IMPORT_FILE_LIMIT_BYTES;
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      (request as Request).rawBody = body as Buffer;
      const isUpload = UPLOAD_ROUTES.includes(request.routeOptions.url ?? '');
      done(null, body.length === 0 || isUpload ? undefined : parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, body, done) => {
    if (request.routeOptions.url !== '/sign-in') return done(new ProblemError('WRONG_CONTENT_TYPE'), undefined);
    done(null, Object.fromEntries(new URLSearchParams(body as string)));
  });
  // A file is not read here: its route streams it to where it is kept.
  fastify.addContentTypeParser('*', (request, _payload, done) =>
    UPLOAD_ROUTES.includes(request.routeOptions.url ?? '')
      ? done(null, undefined)
      : done(new ProblemError('WRONG_CONTENT_TYPE'), undefined),
  );
}

function addHooks(adapter: FastifyAdapter, { settings, gatekeeper, observer }: EdgeOptions): void {
  const isOurs = hostCheck(settings.host, settings.publicHosts);
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (rawRequest, rawReply, done) => {
    const request = withContext(rawRequest as Request);
    void rawReply
      .header('x-correlation-id', request.context.correlationId)
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store');
    if (asksForPage(request.method, request.headers.accept)) void rawReply.headers(PAGE_HEADERS);
    try {
      if (!isOurs(request.headers.host)) throw new ProblemError('HOST_REFUSED');
      if (!isDecodable(request.url)) throw new ProblemError('BAD_URL');
      admit(request, gatekeeper);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    observer.answered(request as Request, reply as Reply);
    done();
  });
}

/** Paths are decoded by the router; a query that cannot be decoded would be taken as it stands, escapes and all. */
function isDecodable(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

function withContext(request: Request): Request {
  request.context ??= {
    correlationId: correlationIdOf(request.headers['x-correlation-id']),
    actor: undefined,
    session: undefined,
  };
  return request;
}

/** What is no HTTP at all never becomes a request; it is answered on the bare socket. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = problemOf({
    code: error.code === 'HPE_HEADER_OVERFLOW' ? 'HEADERS_TOO_LARGE' : 'BAD_REQUEST',
    facts: {},
  });
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
