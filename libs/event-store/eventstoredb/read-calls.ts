import type { CallOptions, ClientReadableStream } from '@grpc/grpc-js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { StreamNotFound } from '../errors.js';
import type { StoredEvent } from '../port.js';
import type { Connection, StreamsClient } from './connection.js';
import { failureOf, Interrupted, isServiceError } from './failures.js';
import { readResponse, type ReadResponse } from './responses.js';

/** A call of Streams.Read. */
export interface ReadCall {
  readonly client: StreamsClient;
  readonly stream: string;
  readonly responses: ClientReadableStream<ReadResponse>;
  cancel(): void;
}

const QUICK_MS = 5_000;
const { path, requestSerialize } = streamsGrpc.StreamsService.read;

/** Opens calls that read, and says what became of those that failed. */
export class ReadCalls {
  constructor(private readonly connection: Connection) {}

  /** @param stream what is read, for messages */
  async open(request: streamsPb.ReadReq, stream: string, options: CallOptions = {}): Promise<ReadCall> {
    const client = await this.connection.streams();
    const metadata = this.connection.metadata();
    const responses = client.makeServerStreamRequest(path, requestSerialize, readResponse, request, metadata, options);
    // An error that comes when nobody listens any more must not end the process.
    responses.on('error', () => undefined);
    return { client, stream, responses, cancel: () => responses.cancel() };
  }

  /** What is asked in passing: an answer comes soon or the connection is no good. */
  quick(request: streamsPb.ReadReq, stream: string): Promise<StoredEvent[]> {
    return this.collect(request, stream, { deadline: Date.now() + QUICK_MS });
  }

  /** @throws StreamNotFound, StreamDeleted, Interrupted */
  async collect(request: streamsPb.ReadReq, stream: string, options: CallOptions = {}): Promise<StoredEvent[]> {
    const call = await this.open(request, stream, options);
    const events: StoredEvent[] = [];
    return new Promise((resolve, reject) => {
      call.responses.on('data', (response: ReadResponse) => {
        if (response.kind === 'event') events.push(response.event);
        else if (response.kind === 'streamNotFound') reject(new StreamNotFound(stream));
      });
      call.responses.on('end', () => resolve(events));
      call.responses.on('error', (error) => reject(this.failure(error, call) as Error));
      // Whatever else ends it: a call that was given up says no more than this.
      call.responses.on('close', () => reject(new Interrupted('EventStoreDB ended the call.')));
    });
  }

  /** Where the connection is to blame the next call gets another one. */
  failure(error: unknown, call: Pick<ReadCall, 'client' | 'stream'> | undefined): unknown {
    const failure = failureOf(error, call?.stream ?? '');
    if (failure instanceof Interrupted && call !== undefined && isServiceError(error)) {
      void this.connection.drop(call.client, failure.leader);
    }
    return failure;
  }
}
