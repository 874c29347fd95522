// The ceiling for the EventStoreDB endpoint: a bare @grpc/grpc-js server that answers every read with messages that are ready
// and every append without writing it. `grpc-server.js <file with messages> [port]`; prints its port.
import { readFileSync } from 'node:fs';
import { Server, ServerCredentials, type ServerDuplexStream, type ServerWritableStream } from '@grpc/grpc-js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';

const STREAM_LENGTH = 200;
const [file, port = '0'] = process.argv.slice(2);

function readyMessages(): Buffer[] {
  const bytes = readFileSync(file!);
  const messages: Buffer[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const length = bytes.readUInt32BE(offset);
    messages.push(bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
  return messages;
}

const messages = readyMessages();

async function read(call: ServerWritableStream<streamsPb.ReadReq, Buffer>): Promise<void> {
  const options = call.request.getOptions()!;
  const asked = options.hasStream() ? STREAM_LENGTH : options.hasCount() ? Number(options.getCount()) : Infinity;
  const count = Math.min(asked, messages.length);
  if (options.hasSubscription()) {
    const confirmation = new streamsPb.ReadResp.SubscriptionConfirmation().setSubscriptionId('bare');
    call.write(Buffer.from(new streamsPb.ReadResp().setConfirmation(confirmation).serializeBinary()));
  }
  for (let next = 0; next < count && !call.cancelled; next++) {
    if (!call.write(messages[next]!)) await new Promise((resolve) => call.once('drain', resolve));
  }
  if (!options.hasSubscription()) call.end();
}

let revision = 0;
function batchAppend(call: ServerDuplexStream<streamsPb.BatchAppendReq, streamsPb.BatchAppendResp>): void {
  call.on('data', (request: streamsPb.BatchAppendReq) => {
    const position = new sharedPb.AllStreamPosition().setCommitPosition('1').setPreparePosition('1');
    const success = new streamsPb.BatchAppendResp.Success()
      .setCurrentRevision(String(revision++))
      .setPosition(position);
    call.write(new streamsPb.BatchAppendResp().setCorrelationId(request.getCorrelationId()).setSuccess(success));
  });
  call.on('end', () => call.end());
}

const { StreamsService } = streamsGrpc;
const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
server.addService(
  { ...StreamsService, read: { ...StreamsService.read, responseSerialize: (it: unknown) => it as Buffer } } as never,
  {
    read: (call: ServerWritableStream<streamsPb.ReadReq, Buffer>) => void read(call),
    batchAppend,
  },
);
const method = new featuresPb.SupportedMethod()
  .setServiceName('event_store.client.streams.streams')
  .setMethodName('batchappend');
const features = new featuresPb.SupportedMethods().setEventStoreServerVersion('23.10.6').setMethodsList([method]);
server.addService(featuresGrpc.ServerFeaturesService as never, {
  getSupportedMethods: (_call: unknown, done: (error: null, answer: unknown) => void) => done(null, features),
});
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
  if (error) throw error;
  process.stdout.write(`esdb://127.0.0.1:${bound}?tls=false\n`);
});
