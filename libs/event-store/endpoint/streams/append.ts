import type { ServerReadableStream } from '@grpc/grpc-js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { EmbeddedEventStore } from '../../embedded/store.js';
import { WrongExpectedRevision } from '../../errors.js';
import type { AppendResult } from '../../port.js';
import type { Gate } from '../access.js';
import { handlerThrew } from '../failures.js';
import { expectedRevision, namedStreamOf } from '../wire/messages.js';
import { ProposedEvents } from './proposed.js';

type AppendCall = ServerReadableStream<streamsPb.AppendReq, streamsPb.AppendResp>;
const { AppendResp } = streamsPb;

/** Streams.Append: first the options, then an event per message. A conflict is an answer, everything else an error. */
export async function append(store: EmbeddedEventStore, gate: Gate, call: AppendCall): Promise<streamsPb.AppendResp> {
  let options: streamsPb.AppendReq.Options | undefined;
  const proposed = new ProposedEvents(store.maxAppendBytes);
  for await (const message of call as AsyncIterable<streamsPb.AppendReq>) {
    const event = message.getProposedMessage();
    if (options === undefined) {
      options = message.getOptions();
      if (options === undefined) throw handlerThrew();
      gate.writer(call.metadata, namedStreamOf(options.getStreamIdentifier()));
    } else {
      if (event === undefined) throw handlerThrew();
      proposed.add(event);
    }
  }
  if (options === undefined) throw handlerThrew();
  const stream = namedStreamOf(options.getStreamIdentifier());
  const expected = expectedRevision(options, options.hasRevision() ? options.getRevision() : undefined);
  try {
    return new AppendResp().setSuccess(success(await store.append(stream, expected, proposed.events)));
  } catch (error) {
    if (!(error instanceof WrongExpectedRevision)) throw error;
    return new AppendResp().setWrongExpectedVersion(conflict(error));
  }
}

function success({ revision, position }: AppendResult): streamsPb.AppendResp.Success {
  const answer = new AppendResp.Success();
  if (revision < 0n) answer.setNoStream(new sharedPb.Empty());
  else answer.setCurrentRevision(String(revision));
  if (position.commit < 0n) return answer.setNoPosition(new sharedPb.Empty());
  return answer.setPosition(
    new AppendResp.Position().setCommitPosition(String(position.commit)).setPreparePosition(String(position.prepare)),
  );
}

function conflict({ expected, actual }: WrongExpectedRevision): streamsPb.AppendResp.WrongExpectedVersion {
  const answer = new AppendResp.WrongExpectedVersion();
  if (actual === 'no_stream') answer.setCurrentNoStream(new sharedPb.Empty());
  else answer.setCurrentRevision(String(actual));
  switch (expected) {
    case 'any':
      return answer.setExpectedAny(new sharedPb.Empty());
    case 'stream_exists':
      return answer.setExpectedStreamExists(new sharedPb.Empty());
    case 'no_stream':
      return answer.setExpectedNoStream(new sharedPb.Empty());
    default:
      return answer.setExpectedRevision(String(expected));
  }
}
