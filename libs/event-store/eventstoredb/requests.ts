import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { Position } from '#kernel';
import type { ExpectedRevision, Filter } from '../port.js';

const { ReadReq } = streamsPb;
const { Options } = ReadReq;

export const streamIdentifier = (stream: string): sharedPb.StreamIdentifier => {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  return identifier;
};

type Direction = 'forwards' | 'backwards';

/** Ids as text, no links followed. */
function commonOptions(): streamsPb.ReadReq.Options {
  return new Options()
    .setResolveLinks(false)
    .setUuidOption(new Options.UUIDOption().setString(new sharedPb.Empty()))
    .setNoFilter(new sharedPb.Empty());
}

const readRequest = (options: streamsPb.ReadReq.Options): streamsPb.ReadReq => new ReadReq().setOptions(options);

function streamOptions(stream: string, from: bigint | 'start' | 'end'): streamsPb.ReadReq.Options.StreamOptions {
  const options = new Options.StreamOptions().setStreamIdentifier(streamIdentifier(stream));
  if (from === 'start') return options.setStart(new sharedPb.Empty());
  if (from === 'end') return options.setEnd(new sharedPb.Empty());
  return options.setRevision(String(from));
}

function allOptions(from: Position | 'start' | 'end'): streamsPb.ReadReq.Options.AllOptions {
  const options = new Options.AllOptions();
  if (from === 'start') return options.setStart(new sharedPb.Empty());
  if (from === 'end') return options.setEnd(new sharedPb.Empty());
  const position = new Options.Position();
  position.setCommitPosition(String(from.commit)).setPreparePosition(String(from.prepare));
  return options.setPosition(position);
}

const directionOf = (direction: Direction): streamsPb.ReadReq.Options.ReadDirection =>
  direction === 'forwards' ? Options.ReadDirection.FORWARDS : Options.ReadDirection.BACKWARDS;

export const readStream = (
  stream: string,
  direction: Direction,
  from: bigint | 'start' | 'end',
  count: number,
): streamsPb.ReadReq =>
  readRequest(
    commonOptions()
      .setStream(streamOptions(stream, from))
      .setReadDirection(directionOf(direction))
      .setCount(String(count)),
  );

export const readAll = (direction: Direction, from: Position | 'start' | 'end', count: number): streamsPb.ReadReq =>
  readRequest(
    commonOptions().setAll(allOptions(from)).setReadDirection(directionOf(direction)).setCount(String(count)),
  );

export const subscribeToStream = (stream: string, after: bigint | 'start'): streamsPb.ReadReq =>
  readRequest(
    commonOptions().setStream(streamOptions(stream, after)).setSubscription(new Options.SubscriptionOptions()),
  );

/** The server leaves out what it can by one of its filters; the rest is done here, by `wanted`. */
export function subscribeToAll(
  after: Position | 'start',
  { streamPrefixes, typePrefixes, typeExpression }: Filter,
): streamsPb.ReadReq {
  const expression = new Options.FilterOptions.Expression();
  const filter = new Options.FilterOptions().setCount(new sharedPb.Empty()).setCheckpointintervalmultiplier(1);
  if (streamPrefixes !== undefined) filter.setStreamIdentifier(expression.setPrefixList([...streamPrefixes]));
  else if (typePrefixes !== undefined && typeExpression === undefined) {
    filter.setEventType(expression.setPrefixList([...typePrefixes]));
  } else filter.setEventType(expression.setRegex('^[^$]'));
  const options = commonOptions().setAll(allOptions(after)).setSubscription(new Options.SubscriptionOptions());
  options.clearNoFilter();
  return readRequest(options.setFilter(filter));
}

/** EVENT_STORE.md 17: system events never; prefixes and the expression are alternatives. */
export function wanted({
  streamPrefixes,
  typePrefixes,
  typeExpression,
}: Filter): (stream: string, type: string) => boolean {
  // A sticky or global expression would remember where it stopped.
  const expression = typeExpression && new RegExp(typeExpression.source, typeExpression.flags.replace(/[gy]/g, ''));
  const ofType = (type: string): boolean => {
    if (type.startsWith('$')) return false;
    if (typePrefixes === undefined && expression === undefined) return true;
    return (typePrefixes ?? []).some((prefix) => type.startsWith(prefix)) || (expression?.test(type) ?? false);
  };
  return (stream, type) =>
    ofType(type) && (streamPrefixes === undefined || streamPrefixes.some((prefix) => stream.startsWith(prefix)));
}

interface Expecting<Empty> {
  setNoStream(empty: Empty): unknown;
  setAny(empty: Empty): unknown;
  setStreamExists(empty: Empty): unknown;
}

/** @param setRevision what the message calls a numeric expectation */
export function setExpected<Empty>(
  options: Expecting<Empty>,
  expected: ExpectedRevision,
  empty: Empty,
  setRevision: (revision: string) => unknown,
): void {
  switch (expected) {
    case 'no_stream':
      return void options.setNoStream(empty);
    case 'any':
      return void options.setAny(empty);
    case 'stream_exists':
      return void options.setStreamExists(empty);
    default:
      setRevision(String(expected));
  }
}
