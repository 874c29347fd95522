/** What a vault or an attachment store refuses. `code` is stable; messages name ids, never contents. */
export abstract class PrivacyError extends Error {
  abstract readonly code: string;
}

/** There is no such key: it was erased, or it is lost (EVENTS.md 8). */
export class MissingKey extends PrivacyError {
  readonly code = 'KEY_MISSING';

  constructor(readonly keyId: string) {
    super(`There is no key ${keyId}: it was erased or lost.`);
  }
}

/** A key is there but the master key does not unwrap it. */
export class WrongKey extends PrivacyError {
  readonly code = 'WRONG_KEY';

  constructor(readonly keyId: string) {
    super(`Key ${keyId} was wrapped by another master key, or its bytes were altered.`);
  }
}

/** The master key given is not the one this folder's keys are wrapped by; nothing was opened. */
export class WrongMasterKey extends PrivacyError {
  readonly code = 'WRONG_MASTER_KEY';
}

/** A master key that is none: the message says what is allowed. */
export class MasterKeyUnusable extends PrivacyError {
  readonly code = 'MASTER_KEY_UNUSABLE';
}

/** The authentication of a part failed: bytes were altered, or it was moved from another event or part. */
export class AlteredPart extends PrivacyError {
  readonly code = 'PART_ALTERED';

  constructor(
    readonly eventId: string,
    readonly part: string,
  ) {
    super(`Part ${part} of event ${eventId} does not authenticate: its bytes were altered or it stood elsewhere.`);
  }
}

export class AttachmentTooLarge extends PrivacyError {
  readonly code = 'ATTACHMENT_TOO_LARGE';

  constructor(readonly limitBytes: number) {
    super(`The attachment is larger than the ${limitBytes} bytes allowed.`);
  }
}

export class AttachmentMissing extends PrivacyError {
  readonly code = 'ATTACHMENT_MISSING';

  constructor(readonly ciphertextSha256: string) {
    super(`There is no attachment ${ciphertextSha256}.`);
  }
}

/** The stored bytes are not those that were stored. Nothing of them is handed out. */
export class AttachmentAltered extends PrivacyError {
  readonly code = 'ATTACHMENT_ALTERED';

  constructor(readonly ciphertextSha256: string) {
    super(`Attachment ${ciphertextSha256} was altered: its checksum or its authentication does not hold.`);
  }
}

/** The erasure ledger cannot be read: opening the keys without it could resurrect erased ones (EVENTS.md 8). */
export class LedgerUnreadable extends PrivacyError {
  readonly code = 'ERASURE_LEDGER_UNREADABLE';
}
