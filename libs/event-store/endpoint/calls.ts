import type { Metadata, sendUnaryData, ServerDuplexStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { failureOf, handlerThrew, type Failure } from './failures.js';

/** Hears of faults that are ours: the client is told no more than EventStoreDB tells. */
export type OnFault = (error: unknown) => void;

function failureFor(error: unknown, onFault: OnFault): Failure {
  const failure = failureOf(error);
  if (failure !== undefined) return failure;
  onFault(error);
  return handlerThrew();
}

/** A method with one answer. */
export function unary<Request, Response>(
  onFault: OnFault,
  answer: (request: Request, metadata: Metadata, call: ServerUnaryCall<Request, Response>) => Promise<Response>,
): (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => void {
  return (call, done) => {
    answer(call.request, call.metadata, call).then(
      (response) => done(null, response),
      (error: unknown) => done(failureFor(error, onFault).toStatus()),
    );
  };
}

/** The answering half of a call that streams. What is written is bytes that are ready. */
export class Outgoing {
  cancelled = false;
  /** The client has not taken yet what was written. */
  isBlocked = false;
  private wake: () => void = () => undefined;
  private readonly onCancelled: (() => void)[] = [];

  constructor(private readonly call: ServerWritableStream<unknown, Buffer> | ServerDuplexStream<unknown, Buffer>) {
    call.on('cancelled', () => this.cancel());
    call.on('close', () => this.cancel());
    call.on('drain', () => {
      this.isBlocked = false;
      this.wake();
    });
  }

  whenCancelled(listener: () => void): void {
    if (this.cancelled) listener();
    else this.onCancelled.push(listener);
  }

  /** @returns whether more can be taken at once; else wait for `drained` */
  write(bytes: Buffer): boolean {
    if (this.cancelled) return true;
    this.isBlocked = !this.call.write(bytes);
    return !this.isBlocked;
  }

  whenDrained(listener: () => void): void {
    this.call.on('drain', listener);
  }

  drained(): Promise<void> {
    if (this.cancelled) return Promise.resolve();
    return new Promise((resolve) => (this.wake = resolve));
  }

  end(): void {
    if (!this.cancelled) this.call.end();
  }

  /** What was written before goes out first. */
  fail(error: unknown, onFault: OnFault): void {
    if (!this.cancelled) this.call.emit('error', failureFor(error, onFault).toStatus());
  }

  private cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.wake();
    for (const listener of this.onCancelled) listener();
  }
}
