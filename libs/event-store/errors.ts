import type { ExpectedRevision } from './port.js';

/** What a store refuses. `code` is stable; the message says what to do. */
export abstract class EventStoreError extends Error {
  abstract readonly code: string;
}

export class WrongExpectedRevision extends EventStoreError {
  readonly code = 'WRONG_EXPECTED_REVISION';

  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: bigint | 'no_stream',
  ) {
    super(`Stream ${stream} was expected at ${expected} but is at ${actual}: read it again and decide anew.`);
  }
}

export class StreamNotFound extends EventStoreError {
  readonly code = 'STREAM_NOT_FOUND';

  constructor(readonly stream: string) {
    super(`There is no stream ${stream}.`);
  }
}

export class StreamDeleted extends EventStoreError {
  readonly code = 'STREAM_DELETED';

  constructor(readonly stream: string) {
    super(`Stream ${stream} was deleted for good.`);
  }
}

export class EventTooLarge extends EventStoreError {
  readonly code = 'EVENT_TOO_LARGE';

  constructor(
    readonly sizeBytes: number,
    readonly limitBytes: number,
  ) {
    super(`The append takes ${sizeBytes} bytes; the limit is ${limitBytes}: send less at once, or as an attachment.`);
  }
}

export class InvalidArgument extends EventStoreError {
  readonly code = 'INVALID_ARGUMENT';
}

/** The store knows who asks, or does not, and says no: credentials are missing, wrong, or not enough. */
export class AccessDenied extends EventStoreError {
  readonly code = 'ACCESS_DENIED';
}

/** What is refused of a consumer group. */
export abstract class GroupError extends EventStoreError {
  constructor(
    readonly stream: string,
    readonly group: string,
    message: string,
  ) {
    super(message);
  }
}

export class GroupExists extends GroupError {
  readonly code = 'GROUP_EXISTS';

  constructor(stream: string, group: string) {
    super(stream, group, `There is a group ${group} on ${stream} already: update it, or delete it first.`);
  }
}

export class GroupMissing extends GroupError {
  readonly code = 'GROUP_NOT_FOUND';

  /** @param group empty where the stream has no group at all */
  constructor(stream: string, group: string) {
    super(stream, group, `There is no group ${group} on ${stream}: create it first.`);
  }
}

export class GroupFull extends GroupError {
  readonly code = 'GROUP_FULL';

  constructor(stream: string, group: string) {
    super(stream, group, `Group ${group} on ${stream} has as many consumers as its settings allow.`);
  }
}

/** The group was changed or deleted under a consumer. Consumers take it up again, or hear that it is missing. */
export class GroupDropped extends GroupError {
  readonly code = 'GROUP_DROPPED';

  constructor(stream: string, group: string) {
    super(stream, group, `Group ${group} on ${stream} let go of its consumers.`);
  }
}

export class GroupRefused extends GroupError {
  readonly code = 'GROUP_REFUSED';

  constructor(
    stream: string,
    group: string,
    readonly reason: string,
  ) {
    super(stream, group, `Group ${group} on ${stream} cannot be: ${reason}`);
  }
}

export class StoreUnavailable extends EventStoreError {
  readonly code = 'STORE_UNAVAILABLE';

  /** @param ambiguous whether the append may have been written all the same: ask again with identical bytes */
  constructor(
    message: string,
    readonly ambiguous = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
