import { GroupDropped, GroupExists, GroupFull, GroupMissing, GroupRefused } from '../../errors.js';
import type { GroupName } from '../../consumer-groups.js';
import { failureOf, isServiceError, trailer } from '../failures.js';

/** What a failed call about a group means in the port's words. */
export function groupFailureOf(error: unknown, { stream, group }: GroupName): unknown {
  if (!isServiceError(error)) return error;
  switch (trailer(error, 'exception')) {
    case 'persistent-subscription-exists':
      return new GroupExists(stream, group);
    case 'persistent-subscription-does-not-exist':
      return new GroupMissing(stream, group);
    case 'maximum-subscribers-reached':
      return new GroupFull(stream, group);
    case 'persistent-subscription-dropped':
      return new GroupDropped(stream, group);
    case 'persistent-subscription-failed':
      return new GroupRefused(stream, group, trailer(error, 'reason') ?? error.details);
    default:
      return failureOf(error, stream);
  }
}
