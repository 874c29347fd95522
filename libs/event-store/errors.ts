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
