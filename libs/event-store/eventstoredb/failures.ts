import { status, type ServiceError } from '@grpc/grpc-js';
import { AccessDenied, InvalidArgument, StreamDeleted, WrongExpectedRevision } from '../errors.js';
import type { ExpectedRevision } from '../port.js';

/** A call that came to nothing for reasons of the connection: worth another try, perhaps with another node. */
export class Interrupted extends Error {
  /** @param leader the node that would have taken it */
  constructor(
    message: string,
    readonly leader?: { readonly address: string; readonly port: number },
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && typeof error.code === 'number';

export const trailer = (error: ServiceError, name: string): string | undefined => {
  const [value] = error.metadata?.get(name) ?? [];
  return value === undefined ? undefined : String(value);
};

/** Statuses after which nobody knows, or after which trying again is what is left to do. */
const TRANSIENT: readonly status[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.ABORTED,
  status.INTERNAL,
  status.RESOURCE_EXHAUSTED,
];

/** What a failed call means in the port's words; what it was about is known better here than from the trailers. */
export function failureOf(error: unknown, stream: string, expected: ExpectedRevision = 'any'): unknown {
  if (!isServiceError(error)) return error;
  switch (trailer(error, 'exception')) {
    case 'stream-deleted':
      return new StreamDeleted(stream);
    case 'wrong-expected-version': {
      const actual = trailer(error, 'actual-version') ?? '';
      return new WrongExpectedRevision(
        stream,
        expected,
        actual === '' || actual === '-1' ? 'no_stream' : BigInt(actual),
      );
    }
    case 'not-leader':
      return new Interrupted('The node is not the leader.', {
        address: trailer(error, 'leader-endpoint-host') ?? '',
        port: Number(trailer(error, 'leader-endpoint-port')),
      });
    case 'access-denied':
      return new AccessDenied(`EventStoreDB denies access to ${stream}: check the credentials and what they may do.`);
    default:
      return byStatus(error, stream);
  }
}

function byStatus(error: ServiceError, stream: string): Error {
  if (TRANSIENT.includes(error.code))
    return new Interrupted(error.details || error.message, undefined, { cause: error });
  if (error.code === status.UNAUTHENTICATED || error.code === status.PERMISSION_DENIED) {
    return new AccessDenied(`EventStoreDB does not take these credentials (${stream}).`);
  }
  if (error.code === status.INVALID_ARGUMENT) return new InvalidArgument(error.details);
  // A connection that ended while a call was being written: https://github.com/grpc/grpc-node/issues/2502
  if (error.details?.includes('write after end')) return new Interrupted(error.details, undefined, { cause: error });
  return error;
}
