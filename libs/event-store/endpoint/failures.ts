import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import {
  EventTooLarge,
  GroupDropped,
  GroupError,
  GroupExists,
  GroupFull,
  GroupMissing,
  GroupRefused,
  InvalidArgument,
  StoreUnavailable,
  StreamDeleted,
  WrongExpectedRevision,
} from '../errors.js';
import type { ExpectedRevision } from '../port.js';

/** How a call ends that is refused: EventStoreDB's status, words and trailers, which its clients make typed errors of. */
export class Failure extends Error {
  constructor(
    readonly code: status,
    readonly details: string,
    readonly trailers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
  }

  toStatus(): StatusObject {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(this.trailers)) metadata.set(name, headerText(value));
    return { code: this.code, details: this.details, metadata };
  }
}

/** HTTP/2 headers carry visible ASCII only: the rest is percent-encoded, as gRPC encodes its messages. */
const headerText = (text: string): string => text.replace(/[^ -~]/gu, (character) => encodeURIComponent(character));

export const accessDenied = (): Failure =>
  new Failure(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

/** The credentials are none of ours. */
export const unauthenticated = (): Failure => new Failure(status.UNAUTHENTICATED, 'Bad credentials');

export const streamDeleted = (stream: string): Failure =>
  new Failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const maxAppendSizeExceeded = (limitBytes: number): Failure =>
  new Failure(status.INVALID_ARGUMENT, `Maximum Append Size of ${limitBytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limitBytes),
  });

export const missingMetadata = (name: string): Failure =>
  new Failure(status.INVALID_ARGUMENT, `Required Metadata Property '${name}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const invalidArgument = (details: string): Failure => new Failure(status.INVALID_ARGUMENT, details);

/** What EventStoreDB answers where its handler threw. */
export const handlerThrew = (): Failure => new Failure(status.UNKNOWN, 'Exception was thrown by handler.');

/** EventStoreDB expects the answer for `$all` where it is named as a stream, and gets the other one. */
export const allNamedAsStream = (): Failure =>
  new Failure(status.UNKNOWN, 'Envelope callback expected the answer for $all, received that for a stream instead');

export const readError = (result: string): Failure => new Failure(status.UNKNOWN, `Unexpected ${result}: Error`);

const VERSIONS: Readonly<Record<Exclude<ExpectedRevision, bigint>, string>> = {
  no_stream: '-1',
  any: '-2',
  stream_exists: '-4',
};

/** Deletes say a conflict in trailers; appends in their answer. */
export function wrongExpectedVersion({ stream, expected, actual }: WrongExpectedRevision): Failure {
  const expectedVersion = typeof expected === 'bigint' ? String(expected) : VERSIONS[expected];
  const actualVersion = actual === 'no_stream' ? '-1' : String(actual);
  return new Failure(
    status.FAILED_PRECONDITION,
    `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expectedVersion}, Actual version: ${actualVersion}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': expectedVersion,
      'actual-version': actualVersion,
    },
  );
}

const ofGroup = (exception: string, { stream, group }: GroupError): Record<string, string> => ({
  exception,
  'stream-name': stream,
  'group-name': group,
});

/** What is refused of a group, as EventStoreDB says it. */
function groupFailure(error: GroupError): Failure | undefined {
  const where = `ubscription group ${error.group} on stream ${error.stream}`;
  if (error instanceof GroupMissing) {
    const trailers = ofGroup('persistent-subscription-does-not-exist', error);
    return new Failure(status.NOT_FOUND, `S${where} does not exist.`, trailers);
  }
  if (error instanceof GroupExists) {
    const trailers = ofGroup('persistent-subscription-exists', error);
    return new Failure(status.ALREADY_EXISTS, `S${where} exists.`, trailers);
  }
  if (error instanceof GroupFull) {
    const trailers = ofGroup('maximum-subscribers-reached', error);
    return new Failure(status.FAILED_PRECONDITION, `Maximum subscriptions reached for s${where}.`, trailers);
  }
  if (error instanceof GroupDropped) {
    const trailers = ofGroup('persistent-subscription-dropped', error);
    return new Failure(status.CANCELLED, `S${where} was dropped.`, trailers);
  }
  if (error instanceof GroupRefused) {
    const { reason } = error;
    const trailers = { ...ofGroup('persistent-subscription-failed', error), reason };
    return new Failure(status.INTERNAL, `S${where} failed: '${reason}'`, trailers);
  }
  return undefined;
}

/** What the store refused, as EventStoreDB says it; undefined where it is a fault of ours. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (error instanceof GroupError) return groupFailure(error);
  if (error instanceof StreamDeleted) return streamDeleted(error.stream);
  if (error instanceof EventTooLarge) return maxAppendSizeExceeded(error.limitBytes);
  if (error instanceof WrongExpectedRevision) return wrongExpectedVersion(error);
  if (error instanceof InvalidArgument) return invalidArgument(error.message);
  if (error instanceof StoreUnavailable) return new Failure(status.UNAVAILABLE, error.message);
  return undefined;
}
