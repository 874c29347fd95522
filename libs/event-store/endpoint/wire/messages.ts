import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ExpectedRevision } from '../../port.js';
import { DELETED_REVISION } from '../../stream-metadata.js';
import { handlerThrew } from '../failures.js';

const { ReadResp } = streamsPb;

/** Every message that is no event: what they cost does not matter. */
const bytes = (message: { serializeBinary(): Uint8Array }): Buffer => Buffer.from(message.serializeBinary());

export const streamIdentifier = (stream: string): sharedPb.StreamIdentifier => {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  return identifier;
};

/** @throws Failure where there is none, as EventStoreDB's handler does */
export function streamNameOf(identifier: sharedPb.StreamIdentifier | undefined): string {
  if (identifier === undefined) throw handlerThrew();
  return Buffer.from(identifier.getStreamName_asU8()).toString();
}

/** @throws Failure also where the name is empty */
export function namedStreamOf(identifier: sharedPb.StreamIdentifier | undefined): string {
  const name = streamNameOf(identifier);
  if (name === '') throw handlerThrew();
  return name;
}

export function confirmation(subscriptionId: string): Buffer {
  const response = new ReadResp();
  response.setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(subscriptionId));
  return bytes(response);
}

export const caughtUp = (): Buffer => bytes(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()));

export function checkpoint(position: number): Buffer {
  const at = new ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position));
  return bytes(new ReadResp().setCheckpoint(at));
}

export const streamNotFound = (stream: string): Buffer =>
  bytes(new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream))));

export const firstStreamPosition = (revision: bigint): Buffer =>
  bytes(new ReadResp().setFirstStreamPosition(String(revision)));
export const lastStreamPosition = (revision: bigint): Buffer =>
  bytes(new ReadResp().setLastStreamPosition(String(revision)));

/** Ids come as text or as two signed 64-bit halves. @throws Failure where it is neither */
export function idOf(uuid: sharedPb.UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (structured === undefined) {
    const text = uuid?.getString() ?? '';
    if (!UUID.test(text)) throw handlerThrew();
    return text.toLowerCase();
  }
  const half = (value: string): string => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0');
  const hex = half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits());
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Expectation {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

/** @throws Failure where nothing is expected, or a revision that no stream can have */
export function expectedRevision(options: Expectation, revision: string | undefined): ExpectedRevision {
  if (revision !== undefined) return checkedRevision(revision);
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream_exists';
  throw handlerThrew();
}

/** The largest number of the wire is EventStoreDB's other name for the end. */
export const END = String(2n ** 64n - 1n);

/** The wire has unsigned 64 bits, EventStoreDB signed ones. @throws Failure */
export function checkedRevision(revision: string): bigint {
  const value = BigInt(revision);
  if (value < 0n || value > DELETED_REVISION) throw handlerThrew();
  return value;
}
