import type { Role } from '#kernel';
import { may, type Permission } from '#organisation';
import { actorOf, type Request } from './context.js';
import { ProblemError } from './problems.js';

/** @throws ProblemError FORBIDDEN where the sender's role does not give the permission */
export function requirePermission(request: Request, permission: Permission): void {
  if (!hasPermission(request, permission)) {
    throw new ProblemError('FORBIDDEN', { role: actorOf(request).role, needed: permission });
  }
}

export const hasPermission = (request: Request, permission: Permission): boolean =>
  may(actorOf(request).role as Role, permission);
