import type { ClientDuplexStream } from '@grpc/grpc-js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { newId } from '#kernel';
import type { AppendResult, ExpectedRevision, NewEvent } from '../port.js';
import { appendAnswer } from './append-answer.js';
import { failureOf, Interrupted } from './failures.js';
import { setExpected, streamIdentifier } from './requests.js';

const { BatchAppendReq } = streamsPb;

export interface Append {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

interface Waiting {
  readonly append: Append;
  readonly deadlineMs: number;
  resolve(result: AppendResult): void;
  reject(error: unknown): void;
}

type Call = ClientDuplexStream<streamsPb.BatchAppendReq, streamsPb.BatchAppendResp>;

/** A message holds so many bytes of events; EventStoreDB takes 17 MiB at once and appends of 1 MiB. */
const CHUNK_BYTES = 2 * 1024 * 1024;
/** How much later than the server an answer is given up. */
const GRACE_MS = 2_000;
const SWEEP_MS = 500;

/**
 * One BatchAppend call with a table of its own of who waits for which answer. The client's own keeps one table for the whole
 * process: there one client that ends rejects the appends of all others, and their late answers end the process
 * (EVENT_STORE.md, traps).
 */
export class AppendCall {
  private readonly waiting = new Map<string, Waiting>();
  private ended: Error | undefined;
  private readonly sweep: NodeJS.Timeout;

  /** @param onEnd hears once that no more can be appended here, with what ended it */
  constructor(
    private readonly call: Call,
    private readonly timeoutMs: number,
    private readonly onEnd: (error: unknown) => void,
  ) {
    call.on('data', (response: streamsPb.BatchAppendResp) => this.receive(response));
    call.on('error', (error: unknown) => this.end(error));
    call.on('end', () => this.end(new Interrupted('EventStoreDB ended the call.')));
    this.sweep = setInterval(() => this.giveUpLate(), SWEEP_MS).unref();
  }

  /** @throws Interrupted where nobody knows whether it was written, and what the store refuses */
  append(append: Append): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) return reject(this.ended);
      const id = newId();
      const deadlineMs = Date.now() + this.timeoutMs;
      this.waiting.set(id, { append, deadlineMs, resolve, reject });
      for (const request of requestsFor(id, append, deadlineMs)) this.call.write(request);
    });
  }

  get idle(): boolean {
    return this.waiting.size === 0;
  }

  close(): void {
    clearInterval(this.sweep);
    this.call.end();
    this.end(new Interrupted('The store was closed.'));
  }

  /** An answer to a question that nobody asks any more is none of our business. */
  private receive(response: streamsPb.BatchAppendResp): void {
    const id = response.getCorrelationId()?.getString() ?? '';
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    this.waiting.delete(id);
    const answer = appendAnswer(response, waiting.append);
    if (answer instanceof Error) waiting.reject(answer);
    else waiting.resolve(answer);
  }

  private giveUpLate(): void {
    const nowMs = Date.now();
    const isLate = [...this.waiting.values()].some(({ deadlineMs }) => deadlineMs + GRACE_MS < nowMs);
    if (!isLate) return;
    this.call.cancel();
    this.end(new Interrupted('EventStoreDB does not answer.'));
  }

  private end(error: unknown): void {
    if (this.ended !== undefined) return;
    clearInterval(this.sweep);
    const failure = failureOf(error, 'the log');
    this.ended = failure instanceof Error ? failure : new Interrupted(String(failure));
    const all = [...this.waiting.values()];
    this.waiting.clear();
    this.onEnd(error);
    for (const { reject } of all) reject(this.ended);
  }
}

function* requestsFor(
  id: string,
  { stream, expected, events }: Append,
  deadlineMs: number,
): Generator<streamsPb.BatchAppendReq> {
  const deadline = new timestampPb.Timestamp();
  deadline.fromDate(new Date(deadlineMs));
  const options = new BatchAppendReq.Options().setStreamIdentifier(streamIdentifier(stream)).setDeadline(deadline);
  setExpected(options, expected, new emptyPb.Empty(), (revision) => options.setStreamPosition(revision));
  const correlation = new sharedPb.UUID().setString(id);
  let request = new BatchAppendReq().setCorrelationId(correlation).setOptions(options).setIsFinal(false);
  let bytes = 0;
  for (const event of events) {
    const size = event.data.length + event.metadata.length;
    if (bytes > 0 && bytes + size > CHUNK_BYTES) {
      yield request;
      request = new BatchAppendReq().setCorrelationId(correlation).setIsFinal(false);
      bytes = 0;
    }
    bytes += size;
    request.addProposedMessages(proposed(event));
  }
  yield request.setIsFinal(true);
}

function proposed({ id, type, contentType, data, metadata }: NewEvent): streamsPb.BatchAppendReq.ProposedMessage {
  const message = new BatchAppendReq.ProposedMessage().setId(new sharedPb.UUID().setString(id));
  message.getMetadataMap().set('type', type).set('content-type', contentType);
  message.setData(data);
  message.setCustomMetadata(metadata);
  return message;
}
