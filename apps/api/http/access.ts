import type { Actor } from '#kernel';
import type { Request } from './context.js';
import { ProblemError } from './problems.js';

/** Who a key or a session belongs to; undefined where it is of nobody, or was revoked. */
export interface Gatekeeper {
  byKey(key: string): Actor | undefined;
  bySession(token: string): Actor | undefined;
}

/** Nothing else answers without a key: the probe, and where one signs in. */
const OPEN_ROUTES = new Set(['/health', '/sign-in']);

export const SESSION_COOKIE = 'redress_session';
const COOKIE = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([A-Za-z0-9._~-]{1,256})(?:;|$)`);
const BEARER = /^Bearer ([\x20-\x7e]{1,512})$/i;
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets a request in or not, by key or by session cookie.
 * @throws ProblemError UNAUTHENTICATED, CSRF_REFUSED
 */
export function admit(request: Request, gatekeeper: Gatekeeper): void {
  const { context, headers } = request;
  if (headers.authorization !== undefined) {
    const key = BEARER.exec(headers.authorization)?.[1];
    context.actor = key === undefined ? undefined : gatekeeper.byKey(key);
    if (context.actor === undefined && !isOpen(request)) throw new ProblemError('UNAUTHENTICATED');
    return;
  }
  const session = headers.cookie === undefined ? undefined : COOKIE.exec(headers.cookie)?.[1];
  context.actor = session === undefined ? undefined : gatekeeper.bySession(session);
  if (context.actor === undefined) {
    if (!isOpen(request)) throw new ProblemError('UNAUTHENTICATED');
    return;
  }
  context.session = session;
  // A form on somebody else's page can send the cookie, but no header of its own.
  if (!READING.has(request.method) && !isOpen(request) && headers['x-redress-csrf'] !== '1') {
    throw new ProblemError('CSRF_REFUSED');
  }
}

const isOpen = (request: Request): boolean => OPEN_ROUTES.has(request.routeOptions.url ?? '');
