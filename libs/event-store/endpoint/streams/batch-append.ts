import type { ServerDuplexStream } from '@grpc/grpc-js';
import type sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { EmbeddedEventStore } from '../../embedded/store.js';
import type { ExpectedRevision } from '../../port.js';
import type { EndpointUser, Gate } from '../access.js';
import type { OnFault } from '../calls.js';
import { accessDenied } from '../failures.js';
import { expectedRevision, idOf, namedStreamOf } from '../wire/messages.js';
import { batchError, batchSuccess, timedOut } from './batch-answers.js';
import { ProposedEvents } from './proposed.js';

export type BatchCall = ServerDuplexStream<streamsPb.BatchAppendReq, streamsPb.BatchAppendResp>;

interface Pending {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly proposed: ProposedEvents;
  /** Milliseconds since 1970. */
  readonly deadlineMs: number;
}

/**
 * Streams.BatchAppend: many appends over one call, each answered under its correlation id when it is on disk. What one
 * of them does wrong ends that one and not the call.
 */
export class BatchAppends {
  private readonly pending = new Map<string, Pending>();
  private underWay = 0;
  private ended = false;

  constructor(
    private readonly store: EmbeddedEventStore,
    private readonly gate: Gate,
    private readonly user: EndpointUser,
    private readonly call: BatchCall,
    private readonly onFault: OnFault,
  ) {
    call.on('data', (request: streamsPb.BatchAppendReq) => this.receive(request));
    call.on('end', () => {
      this.ended = true;
      this.endWhenDone();
    });
    call.on('cancelled', () => this.pending.clear());
  }

  private receive(request: streamsPb.BatchAppendReq): void {
    const correlation = request.getCorrelationId();
    let key: string | undefined;
    let stream = '';
    try {
      key = idOf(correlation);
      const options = request.getOptions();
      if (options !== undefined) {
        stream = namedStreamOf(options.getStreamIdentifier());
        if (!this.pending.has(key)) this.pending.set(key, this.begun(stream, options));
      }
      const append = this.pending.get(key);
      if (append === undefined) return;
      stream = append.stream;
      for (const message of request.getProposedMessagesList()) append.proposed.add(message);
      if (!request.getIsFinal()) return;
      this.pending.delete(key);
      void this.write(correlation, append);
    } catch (error) {
      if (key !== undefined) this.pending.delete(key);
      this.answer(batchError(error, correlation, stream, this.onFault));
    }
  }

  /** @throws Failure */
  private begun(stream: string, options: streamsPb.BatchAppendReq.Options): Pending {
    if (!this.gate.mayWrite(this.user, stream)) throw accessDenied();
    const deadline = options.getDeadline();
    return {
      stream,
      expected: expectedRevision(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined),
      proposed: new ProposedEvents(this.store.maxAppendBytes),
      deadlineMs: deadline === undefined ? Infinity : deadline.getSeconds() * 1000 + deadline.getNanos() / 1e6,
    };
  }

  private async write(correlation: sharedPb.UUID | undefined, append: Pending): Promise<void> {
    const { stream, expected, proposed, deadlineMs } = append;
    if (deadlineMs <= Date.now()) return this.answer(timedOut(correlation, stream));
    this.underWay++;
    try {
      const result = await this.store.append(stream, expected, proposed.events);
      this.answer(batchSuccess(result, correlation, stream));
    } catch (error) {
      this.answer(batchError(error, correlation, stream, this.onFault));
    }
    this.underWay--;
    this.endWhenDone();
  }

  private answer(response: streamsPb.BatchAppendResp): void {
    if (!this.call.cancelled && !this.call.destroyed) this.call.write(response);
  }

  private endWhenDone(): void {
    if (this.ended && this.underWay === 0 && !this.call.cancelled) this.call.end();
  }
}
