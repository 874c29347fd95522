import type { CallOptions, ClientReadableStream } from '@grpc/grpc-js';
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { StreamNotFound } from '../errors.js';
import type { StoredEvent } from '../port.js';
import type { Connection, StreamsClient } from './connection.js';
import { failureOf, Interrupted, isServiceError } from './failures.js';
import { storedEvent } from './recorded.js';

/** A call of Streams.Read. */
export interface ReadCall {
  readonly client: StreamsClient;
  readonly stream: string;
  readonly responses: AsyncIterable<streamsPb.ReadResp>;
  /** Whether what came lies unread. */
  isPaused(): boolean;
  cancel(): void;
}

const QUICK_MS = 5_000;

/** Opens calls that read, and says what became of those that failed. */
export class ReadCalls {
  constructor(private readonly connection: Connection) {}

  /** @param stream what is read, for messages */
  async open(request: streamsPb.ReadReq, stream: string, options: CallOptions = {}): Promise<ReadCall> {
    const client = await this.connection.streams();
    const call: ClientReadableStream<streamsPb.ReadResp> = client.read(request, this.connection.metadata(), options);
    // An error that comes when nobody iterates any more must not end the process.
    call.on('error', () => undefined);
    return {
      client,
      stream,
      responses: call as AsyncIterable<streamsPb.ReadResp>,
      isPaused: () => call.readableLength > 0,
      cancel: () => call.cancel(),
    };
  }

  /** What is asked in passing: an answer comes soon or the connection is no good. */
  quick(request: streamsPb.ReadReq, stream: string): Promise<StoredEvent[]> {
    return this.collect(request, stream, { deadline: Date.now() + QUICK_MS });
  }

  /** @throws StreamNotFound, StreamDeleted, Interrupted */
  async collect(request: streamsPb.ReadReq, stream: string, options: CallOptions = {}): Promise<StoredEvent[]> {
    const call = await this.open(request, stream, options);
    const events: StoredEvent[] = [];
    try {
      for await (const response of call.responses) {
        const event = response.getEvent()?.getEvent();
        if (event !== undefined) events.push(storedEvent(event));
        else if (response.hasStreamNotFound()) throw new StreamNotFound(stream);
      }
      return events;
    } catch (error) {
      throw this.failure(error, call);
    } finally {
      call.cancel();
    }
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
