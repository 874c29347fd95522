import type { OpenedPart, SealedPart, Secret } from '#kernel';

/** A part on its way into or out of an event; event id and part name are authenticated with it (EVENTS.md 6). */
export interface PartToSeal {
  readonly eventId: string;
  readonly part: string;
  readonly secret: Secret;
}

export interface PartToOpen {
  readonly eventId: string;
  readonly part: string;
  readonly sealed: SealedPart;
}

/** `missing`: no such key. Whether it was erased or lost only the stream's `SubjectErased` can tell (EVENTS.md 8). */
export type Opening = Extract<OpenedPart, { value: unknown }> | { readonly missing: true };

/** Keeps the keys under which personal data stand, and seals and opens with them. Keys are wrapped by a master key. */
export interface Vault {
  /** Resolves when `newKey` has keys to give: all of them are durable already (EVENTS.md 8). */
  ready(): Promise<void>;
  /** The id of a fresh, durable key. @throws Error when called more than 1,000 times without `ready` */
  newKey(): string;
  /** @throws MissingKey when a key is not there, @throws WrongKey when the master key is not the one it was wrapped by */
  seal(parts: readonly PartToSeal[]): Promise<SealedPart[]>;
  open(parts: readonly PartToOpen[]): Promise<Opening[]>;
  /** Destroys keys for good and enters them in the erasure ledger. Destroying one twice is no error. */
  destroy(keyIds: readonly string[]): Promise<void>;
  /** Drops keys from memory, here: another thread or process destroyed them. */
  forget(keyIds: readonly string[]): void;
  /** A secret that follows from the master key and a purpose, e.g. for digests and derived ids. 32 bytes. */
  secret(purpose: string): Buffer;
  close(): Promise<void>;
}
