import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../errors.js';
import { packGroup, type WriteOutcome, type WriteRequest } from './group.js';
import type { LogProperties } from './schema.js';
import type { WriterMessage } from './writer-thread.js';

interface Waiting {
  readonly request: WriteRequest;
  readonly settle: (outcome: WriteOutcome) => void;
}

/** A group is one transaction: this many requests or bytes at most, so that nobody waits for a mountain of others. */
const GROUP_REQUESTS = 1_000;
const GROUP_BYTES = 8 * 1024 * 1024;

/**
 * Collects requests while the writer is busy and hands them over as one group. One group is under way at a time, and
 * requests of the same turn of the event loop go together: under load every sync carries all that came meanwhile.
 */
export class GroupCommit {
  private pending: Waiting[] = [];
  private underWay: Waiting[] | undefined;
  private scheduled = false;
  private gone: string | undefined;
  private onDrained: () => void = () => undefined;
  private readonly exited: Promise<void>;

  private constructor(
    private readonly worker: Worker,
    readonly properties: LogProperties,
  ) {
    worker.on('message', (message: WriterMessage) => this.receive(message));
    worker.on('error', (error) => this.fail(`The log's writer failed: ${error.message}`));
    this.exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    void this.exited.then(() => this.fail('The log is closed.'));
  }

  /** @throws Error where the log cannot be opened */
  static async start(path: string): Promise<GroupCommit> {
    const worker = new Worker(new URL('./writer-thread.js', import.meta.url), { workerData: { path } });
    const [message] = (await once(worker, 'message')) as [WriterMessage];
    if (message.kind !== 'ready') throw new Error(`The log's writer said ${message.kind} before it was ready.`);
    return new GroupCommit(worker, message.properties);
  }

  write(request: WriteRequest): Promise<WriteOutcome> {
    if (this.gone !== undefined) throw new StoreUnavailable(this.gone);
    return new Promise((settle) => {
      this.pending.push({ request, settle });
      if (this.underWay || this.scheduled) return;
      this.scheduled = true;
      setImmediate(() => {
        this.scheduled = false;
        this.handOver();
      });
    });
  }

  /** Everything that was accepted is written first. */
  async close(): Promise<void> {
    if (this.gone === undefined) {
      this.gone = 'The log is closed.';
      if (this.busy) await new Promise<void>((resolve) => (this.onDrained = resolve));
      this.worker.postMessage('close');
    }
    await this.exited;
  }

  private get busy(): boolean {
    return this.underWay !== undefined || this.pending.length > 0;
  }

  private handOver(): void {
    if (this.underWay || this.pending.length === 0) return;
    const size = groupSize(this.pending);
    this.underWay = this.pending.slice(0, size);
    this.pending = this.pending.slice(size);
    const group = packGroup(this.underWay.map(({ request }) => request));
    this.worker.postMessage(group, [group.bytes.buffer]);
  }

  private receive(message: WriterMessage): void {
    if (message.kind !== 'outcomes') return;
    const group = this.underWay ?? [];
    this.underWay = undefined;
    // The writer goes on while the answers are worked on.
    this.handOver();
    message.outcomes.forEach((outcome, i) => group[i]!.settle(outcome));
    if (!this.busy) this.onDrained();
  }

  private fail(reason: string): void {
    this.gone ??= reason;
    const abandoned = [...(this.underWay ?? []), ...this.pending];
    this.underWay = undefined;
    this.pending = [];
    for (const { settle } of abandoned) settle({ kind: 'unavailable', reason });
    this.onDrained();
  }
}

function groupSize(waiting: readonly Waiting[]): number {
  let bytes = 0;
  const full = waiting.findIndex(({ request }, i) => {
    bytes += request.events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
    return i > 0 && (i === GROUP_REQUESTS || bytes > GROUP_BYTES);
  });
  return full === -1 ? waiting.length : full;
}
