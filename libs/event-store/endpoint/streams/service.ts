import type {
  sendUnaryData,
  ServerReadableStream,
  ServerWritableStream,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { EmbeddedEventStore } from '../../embedded/store.js';
import { ALL } from '../../checks.js';
import type { Gate } from '../access.js';
import { Outgoing, unary, type OnFault } from '../calls.js';
import { accessDenied, failureOf, handlerThrew } from '../failures.js';
import type { EventEncoder } from '../wire/event-encoder.js';
import { expectedRevision, namedStreamOf } from '../wire/messages.js';
import { append } from './append.js';
import { BatchAppends, type BatchCall } from './batch-append.js';
import { Reading } from './reading.js';
import { parseReadRequest, type ReadRequest } from './read-request.js';
import { Subscribing } from './subscribing.js';

const { StreamsService } = streamsGrpc;

/** What is read goes out as bytes that are ready. */
export const streamsDefinition = {
  ...StreamsService,
  read: { ...StreamsService.read, responseSerialize: (bytes: unknown) => bytes as Buffer },
};

type ReadCall = ServerWritableStream<streamsPb.ReadReq, Buffer>;
type AppendCall = ServerReadableStream<streamsPb.AppendReq, streamsPb.AppendResp>;

/** `event_store.client.streams.Streams` over the embedded store. */
export function streamsService(
  store: EmbeddedEventStore,
  encoder: EventEncoder,
  gate: Gate,
  onFault: OnFault,
): UntypedServiceImplementation {
  const reading = new Reading(store.queries, encoder);
  const subscribing = new Subscribing(store, encoder);

  const answer = (request: ReadRequest, out: Outgoing): Promise<void> => {
    switch (request.kind) {
      case 'readStream':
        return reading.stream(request, out);
      case 'readAll':
        return reading.all(request, out);
      case 'subscribeToStream':
        return subscribing.stream(request, out);
      case 'subscribeToAll':
        return subscribing.all(request, out);
      default:
        return request satisfies never;
    }
  };

  return {
    read: (call: ReadCall) => {
      const out = new Outgoing(call);
      const run = async (): Promise<void> => {
        gate.user(call.metadata);
        await answer(parseReadRequest(call.request), out);
      };
      run().then(
        () => out.end(),
        (error: unknown) => out.fail(error, onFault),
      );
    },
    append: (call: AppendCall, done: sendUnaryData<streamsPb.AppendResp>) => {
      append(store, gate, call).then(
        (response) => done(null, response),
        (error: unknown) => done((failureOf(error) ?? faulty(error, onFault)).toStatus()),
      );
    },
    batchAppend: (call: BatchCall) => {
      try {
        new BatchAppends(store, gate, gate.user(call.metadata), call, onFault);
      } catch (error) {
        call.emit('error', (failureOf(error) ?? faulty(error, onFault)).toStatus());
      }
    },
    delete: unary(onFault, async (request: streamsPb.DeleteReq, metadata) => {
      const options = request.getOptions();
      if (options === undefined) throw handlerThrew();
      const stream = namedStreamOf(options.getStreamIdentifier());
      gate.writer(metadata, stream);
      const expected = expectedRevision(options, options.hasRevision() ? options.getRevision() : undefined);
      const { commit, prepare } = await store.deleteStream(deletable(stream), expected);
      const position = new streamsPb.DeleteResp.Position();
      position.setCommitPosition(String(commit)).setPreparePosition(String(prepare));
      return new streamsPb.DeleteResp().setPosition(position);
    }),
    tombstone: unary(onFault, async (request: streamsPb.TombstoneReq, metadata) => {
      const options = request.getOptions();
      if (options === undefined) throw handlerThrew();
      const stream = namedStreamOf(options.getStreamIdentifier());
      gate.writer(metadata, stream);
      const expected = expectedRevision(options, options.hasRevision() ? options.getRevision() : undefined);
      const { commit, prepare } = await store.tombstoneStream(deletable(stream), expected);
      const position = new streamsPb.TombstoneResp.Position();
      position.setCommitPosition(String(commit)).setPreparePosition(String(prepare));
      return new streamsPb.TombstoneResp().setPosition(position);
    }),
  };
}

function deletable(stream: string): string {
  if (stream === ALL) throw accessDenied();
  return stream;
}

function faulty(error: unknown, onFault: OnFault): ReturnType<typeof handlerThrew> {
  onFault(error);
  return handlerThrew();
}
