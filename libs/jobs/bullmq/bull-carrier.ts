import { Queue, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { CarrierAway, type Carrier, type Receiver } from '../carrier.js';
import { fromJobId, toJobId } from './job-id.js';
import { connectRedis, examine, failingFast, waitingForWork, type Patience } from './redis.js';
import { LossWatch } from './watch.js';

export interface CarrierLog {
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface BullCarrierOptions extends Partial<Patience> {
  /** `redis://user:password@host:port/db`, `rediss://` over TLS. */
  readonly url: string;
  /** Tells installations on one Redis apart; the same for all processes of one. */
  readonly namespace: string;
  readonly log: CarrierLog;
}

/** Opens BullMQ on Redis as carrier of jobs. A server that cannot be reached is waited for, by default a minute. @throws RedisUnusable */
export async function openBullCarrier(options: BullCarrierOptions): Promise<Carrier> {
  const { url, log, patienceMs = 60_000, onWait } = options;
  const [sending, working] = [failingFast(url), waitingForWork(url)];
  try {
    await Promise.all([connectRedis(sending, url, { patienceMs, onWait }), connectRedis(working, url, { patienceMs })]);
    const away = (error: Error): void => log.warn({ error: error.message }, 'Redis: jobs wait');
    for (const redis of [sending, working]) redis.on('error', onceAWhile(away));
    for (const advice of await examine(sending, url)) log.warn({}, advice);
    const carrier = new BullCarrier({ ...options, sending, working });
    await carrier.watch.look();
    return carrier;
  } catch (error) {
    for (const redis of [sending, working]) redis.disconnect();
    throw error;
  }
}

/** What is done or has failed leaves Redis at once: SQL remembers it, and an id that stays would not be taken again. */
const GONE_WHEN_OVER = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const;

/**
 * A job that nobody renews his hold on for ten seconds is somebody else's. It may be done twice then: the ledger gives it to
 * one only. One that is stalled again and again (its process ends of it) leaves Redis, and comes again by the ledger.
 */
const STALLED = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 10 } as const;

class BullCarrier implements Carrier {
  readonly watch: LossWatch;
  private readonly prefix: string;
  private readonly queues = new Map<string, Queue>();
  private readonly waiting = new Map<string, Handover>();

  constructor(private readonly parts: BullCarrierOptions & { readonly sending: Redis; readonly working: Redis }) {
    // Braces keep all keys of a queue on one node of a cluster.
    this.prefix = `{redress-${parts.namespace}}`;
    this.watch = new LossWatch(parts.sending, `${this.prefix}:mark`);
  }

  /** What is sent within one turn goes in one message. */
  send(queue: string, ids: readonly string[]): Promise<void> {
    if (this.parts.sending.status !== 'ready') return Promise.reject(new CarrierAway());
    const known = this.waiting.get(queue);
    if (known !== undefined) {
      known.ids.push(...ids);
      return known.sent;
    }
    const collected = [...ids];
    const sent = Promise.resolve().then(() => {
      this.waiting.delete(queue);
      return this.sendNow(queue, collected);
    });
    this.waiting.set(queue, { ids: collected, sent });
    return sent;
  }

  receive(queue: string, concurrency: number, work: (id: string) => Promise<void>): Receiver {
    const { working, log } = this.parts;
    const inHand = new Set<Promise<void>>();
    const process = async ({ id }: Job): Promise<void> => {
      const done = work(fromJobId(id!));
      inHand.add(done);
      // What fails must throw, or BullMQ would call it done; with us it is gone either way, and SQL sends it again.
      await done.finally(() => inHand.delete(done));
    };
    const worker = new Worker(queue, process, {
      ...{ connection: working, prefix: this.prefix, concurrency },
      ...{ removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
      ...STALLED,
    });
    const failed = (error: Error): void => log.warn({ queue, error: error.message }, 'a worker of jobs had trouble');
    worker.on('error', onceAWhile(failed));
    worker.on('failed', (job, error) =>
      log.warn({ queue, job: job?.id, error: error.name }, 'a job was not finished and comes again'),
    );
    worker.on('stalled', (job) => log.warn({ queue, job }, 'a job was in the hands of a process that ended'));
    return {
      stop: async () => {
        // Without a connection nobody answers: what is in hand is waited for here.
        await worker.pause(true).catch(() => undefined);
        await Promise.allSettled(inHand);
        await worker.close(working.status !== 'ready').catch(() => undefined);
      },
    };
  }

  onLost(listener: () => void): () => void {
    this.watch.listeners.add(listener);
    return () => void this.watch.listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.watch.close();
    for (const queue of this.queues.values()) await queue.close().catch(() => undefined);
    this.parts.sending.disconnect();
    this.parts.working.disconnect();
  }

  private async sendNow(name: string, ids: readonly string[]): Promise<void> {
    const { sending } = this.parts;
    if (sending.status !== 'ready') throw new CarrierAway();
    await this.queue(name).addBulk(
      [...new Set(ids)].map((id) => ({ name: 'job', data: {}, opts: { ...GONE_WHEN_OVER, jobId: toJobId(id) } })),
    );
  }

  private queue(name: string): Queue {
    const known = this.queues.get(name);
    if (known !== undefined) return known;
    const { sending, log } = this.parts;
    const queue = new Queue(name, { connection: sending, prefix: this.prefix });
    const failed = (error: Error): void =>
      log.warn({ queue: name, error: error.message }, 'a queue of jobs had trouble');
    queue.on('error', onceAWhile(failed));
    this.queues.set(name, queue);
    return queue;
  }
}

interface Handover {
  readonly ids: string[];
  readonly sent: Promise<void>;
}

const QUIET_MS = 10_000;

/** A server that is gone says so many times a second. */
function onceAWhile(tell: (error: Error) => void): (error: Error) => void {
  let quietUntil = 0;
  return (error) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + QUIET_MS;
    tell(error);
  };
}
