import type { Metadata } from '@grpc/grpc-js';
import { ALL } from '../checks.js';
import { describedStream, isMetadataStream } from '../stream-metadata.js';
import { accessDenied, unauthenticated } from './failures.js';

/** Who calls. */
export interface EndpointUser {
  readonly name: string;
  readonly administrator: boolean;
}

/** Whose credentials hold and whose streams are whose (EVENT_STORE.md "The endpoint's manners"). */
export interface EndpointAccess {
  /** @returns undefined where there is no such key under this name */
  authenticate(name: string, key: string): EndpointUser | undefined;
  /** Whether only the engine writes the stream. */
  isOwn(stream: string): boolean;
  /** Administrators write streams that are nobody's. */
  readonly foreignWrites: boolean;
  /** Nobody is asked for credentials: for tests, on loopback only. */
  readonly insecure: boolean;
}

const ANYBODY: EndpointUser = { name: 'anonymous', administrator: true };

/** What EventStoreDB keeps for itself. */
export const isGroupStream = (stream: string): boolean => /^\$persistentsubscription/i.test(stream);

/** Decides per call. Reads are open to every key: whoever reads the log sees no personal word (EVENTS.md 9). */
export class Gate {
  constructor(private readonly access: EndpointAccess) {}

  /** @throws Failure */
  user(metadata: Metadata): EndpointUser {
    if (this.access.insecure) return ANYBODY;
    const [authorization] = metadata.get('authorization');
    if (authorization === undefined) throw accessDenied();
    const [name, key] = basicCredentials(String(authorization)) ?? [];
    const user = name === undefined || key === undefined ? undefined : this.access.authenticate(name, key);
    if (user === undefined) throw unauthenticated();
    return user;
  }

  /** @throws Failure where the caller is no administrator */
  administrator(metadata: Metadata): EndpointUser {
    const user = this.user(metadata);
    if (!user.administrator) throw accessDenied();
    return user;
  }

  mayWrite(user: EndpointUser, stream: string): boolean {
    if (!user.administrator || !this.access.foreignWrites || stream === ALL) return false;
    const described = isMetadataStream(stream) ? describedStream(stream) : stream;
    return !this.access.isOwn(described) && !isGroupStream(described);
  }

  /** @throws Failure */
  writer(metadata: Metadata, stream: string): EndpointUser {
    const user = this.user(metadata);
    if (!this.mayWrite(user, stream)) throw accessDenied();
    return user;
  }
}

function basicCredentials(authorization: string): [string, string] | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : [text.slice(0, colon), text.slice(colon + 1)];
}
