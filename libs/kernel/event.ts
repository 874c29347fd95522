import type { Actor } from './actor.js';
import type { Instant } from './instant.js';
import type { Json, JsonObject } from './json.js';

/**
 * A personal value with the key it belongs under (EVENTS.md 6, 7). `keyId` is the id of a party, or of a key made for
 * this one free text; a free text lists the parties it mentions, because erasing one of them destroys it.
 */
export interface Secret<T extends Json = Json> {
  readonly keyId: string;
  readonly mentions?: readonly string[];
  readonly value: T;
}

/** A personal value as it is stored: AES-256-GCM, event id and part name as additional data. Base64. */
export interface SealedPart {
  readonly keyId: string;
  readonly mentions?: readonly string[];
  readonly nonce: string;
  readonly ciphertext: string;
}

/** A personal value as a reader meets it. `lost` is an alarm: the key is missing and nobody erased it (EVENTS.md 8). */
export type OpenedPart = { readonly value: Json } | { readonly erased: true } | { readonly lost: true };

/** What a decider says happened. `occurredAt` where it differs from the instant of recording. */
export interface DomainEvent<
  Type extends string = string,
  Data extends JsonObject = JsonObject,
  Part extends string = string,
> {
  readonly type: Type;
  readonly data: Data;
  readonly personal?: { readonly [P in Part]?: Secret };
  readonly occurredAt?: Instant;
}

/** `result`, on the last event of a command, is what its sender was told: a repeated command is told the same (EVENTS.md 2). */
export interface CommandMark {
  readonly id: string;
  readonly digest: string;
  readonly result?: JsonObject;
}

/** Everything about an event that is not what it says (EVENTS.md 1). Stored as the event's metadata, in this order. */
export interface EventMetadata {
  readonly v: number;
  readonly actor: Actor;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly correlationId: string;
  readonly causationId?: string;
  /** The command it came from and the keyed digest of that command's body as it was sent (EVENTS.md 2). */
  readonly command: CommandMark;
  /** The policy that ruled. */
  readonly policy: { readonly pack: string; readonly version: string };
  readonly historical?: true;
  /** The hash of the event before it in the stream, 64 zeros for the first (EVENTS.md 3). */
  readonly prev: string;
  readonly hash: string;
}

/** An event as it is read from the log, upcast to the present, its personal parts still sealed. */
export interface RecordedEvent<Type extends string = string, Data extends JsonObject = JsonObject> {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: Type;
  readonly data: Data;
  readonly personal: Readonly<Record<string, SealedPart>>;
  readonly meta: EventMetadata;
}

/** The recorded form of a union of domain events, for `evolve` and projections. */
export type Recorded<E extends DomainEvent> = E extends DomainEvent<infer T, infer D> ? RecordedEvent<T, D> : never;

/** An event with its personal parts opened for a reader who may see them. */
export type OpenedEvent = Omit<RecordedEvent, 'personal'> & { readonly personal: Readonly<Record<string, OpenedPart>> };
