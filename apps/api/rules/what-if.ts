import {
  caseAggregate,
  caseStream,
  compareCase,
  DifferenceCounter,
  type CaseDifference,
  type DifferenceSum,
  type RecordedCaseEvent,
} from '#cases';
import { Unrecoverable, type LongJob } from '#jobs';
import { decodeEvent, isRefusal, refuse, START, type Instant, type Json, type JsonObject, type Refusal } from '#kernel';
import { loadPack, WrongPack, type Policy } from '#policy';
import type { InHand, LongJobKind } from '../../worker/long-job-workers.js';
import type { Engine } from '../engine/engine.js';

/** Which cases are asked about, and under which pack. */
export interface WhatIfAsked {
  readonly text: string;
  readonly fileName: string;
  /** Cases that were recorded from then on, and before then. */
  readonly from?: Instant;
  readonly to?: Instant;
  /** The pack that rules them now; the one of the same id where left out. */
  readonly of?: string;
}

/** What is plain of a question. */
interface Order {
  readonly pack: { readonly id: string; readonly version: string };
  readonly of: string;
  readonly until: Instant;
  readonly from?: Instant;
  readonly to?: Instant;
}

interface Given {
  readonly text: string;
  readonly fileName: string;
}

/** Issue 10.7: a history replayed under another pack, with nothing written: how far it has come, and what differs. */
export interface WhatIf extends Pick<Order, 'pack' | 'of' | 'until'> {
  readonly id: string;
  /** `running` from the moment it was asked. */
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly sum: DifferenceSum;
  /** The first thousand cases that differ; the sum counts all. */
  readonly differences: readonly CaseDifference[];
  readonly failure?: string;
  /** Until when it can be asked for. */
  readonly expiresAt: Instant;
}

/** How far a question has come: behind which case, what was counted, and how many cases were written down in how many parts. */
interface Progress {
  readonly after: number;
  readonly sum: DifferenceSum;
  readonly shown: number;
  readonly parts: number;
}

const BEGINNING: Progress = { after: -1, sum: new DifferenceCounter().sum(), shown: 0, parts: 0 };

const KIND = 'what-ifs';
const DIFFERENCES = 'differences';
const MOST_SHOWN = 1000;
const PAGE = 500;
const WAIT_FOR_VIEWS_MS = 30_000;

/** The questions that were asked, as long jobs: any process answers them, and one that is killed leaves them to another. */
export class WhatIfs implements LongJobKind {
  readonly kind = KIND;
  private readonly withPosts = new WeakMap<Policy, Policy>();

  constructor(private readonly engine: Engine) {}

  async get(id: string): Promise<WhatIf | undefined> {
    const job = await this.engine.longJobs.find(KIND, id);
    return job && this.shown(job);
  }

  /** Has a history replayed; the answer grows meanwhile. @returns PACK_WRONG, UNKNOWN_PACK */
  async ask({ text, fileName, from, to, of: named }: WhatIfAsked): Promise<WhatIf | Refusal> {
    const pack = this.read({ text, fileName });
    if (isRefusal(pack)) return pack;
    const of = named ?? pack.id;
    const known = [...this.engine.rulebook.register.versions().keys()];
    if (!known.includes(of)) return refuse('UNKNOWN_PACK', { pack: of, known });
    const { longJobs, clock } = this.engine;
    const order: Order = {
      ...{ pack: { id: pack.id, version: pack.version }, of, until: clock.now() },
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    };
    const id = await longJobs.take({ kind: KIND, order: order as unknown as JsonObject, given: { text, fileName } });
    const job = (await longJobs.find(KIND, id))!;
    await longJobs.release(job);
    return this.shown(job);
  }

  /** Nobody goes on with it. @returns undefined where there is none */
  async cancel(id: string): Promise<WhatIf | undefined> {
    const job = await this.engine.longJobs.find(KIND, id);
    if (job !== undefined) await this.engine.longJobs.cancel(job);
    return this.get(id);
  }

  async work({ job, checkpoint }: InHand): Promise<JsonObject> {
    const order = job.order as unknown as Order;
    const after = this.read(await this.engine.longJobs.given<Given & JsonObject>(job));
    if (isRefusal(after)) throw new Unrecoverable(after.code, JSON.stringify(after.facts));
    await this.viewsCaughtUp();
    let progress = progressOf(job);
    const counter = new DifferenceCounter(progress.sum);
    for await (const { caseIds, last } of this.casesOf(order, progress.after)) {
      const differences: CaseDifference[] = [];
      for (const caseId of caseIds) {
        const difference = await this.compare(caseId, order, after);
        if (difference === 'of another pack') continue;
        counter.count(difference);
        if (difference !== undefined) differences.push(difference);
      }
      const told = differences.slice(0, MOST_SHOWN - progress.shown);
      const results =
        told.length === 0 ? [] : [{ name: DIFFERENCES, n: progress.parts, value: told as unknown as Json }];
      progress = {
        ...{ after: last, sum: counter.sum() },
        ...{ shown: progress.shown + told.length, parts: progress.parts + results.length },
      };
      await checkpoint(progress as unknown as JsonObject, results);
    }
    return progress as unknown as JsonObject;
  }

  private async shown(job: LongJob): Promise<WhatIf> {
    const { longJobs } = this.engine;
    const { pack, of, until } = job.order as unknown as Order;
    const parts: (readonly CaseDifference[])[] = [];
    for await (const part of longJobs.results<Json>(job, DIFFERENCES)) parts.push(part as never);
    const { state, lastError } = job;
    return {
      id: job.id,
      state: state === 'waiting' || state === 'awaiting_input' ? 'running' : state,
      ...{ pack, of, until, sum: progressOf(job).sum, differences: parts.flat() },
      ...(state === 'failed' && { failure: (await longJobs.failure(job)) ?? lastError ?? 'UNKNOWN' }),
      expiresAt: job.expiresAt,
    };
  }

  private read({ text, fileName }: Given): Policy | Refusal {
    try {
      return loadPack(text, fileName, this.engine.rulebook.register.calendars).withPosts(this.engine.organisation);
    } catch (error) {
      if (error instanceof WrongPack) return refuse('PACK_WRONG', { faults: error.faults });
      throw error;
    }
  }

  /** Which cases there are is asked of a view. @throws ViewsBehind where it does not come to what the log held when this began */
  private async viewsCaughtUp(): Promise<void> {
    const { store, projector } = this.engine;
    const isThere = await projector.waitFor((await store.lastDelivered()) ?? START, WAIT_FOR_VIEWS_MS);
    if (!isThere) throw new ViewsBehind();
  }

  private async compare(
    caseId: string,
    { of, until }: Order,
    after: Policy,
  ): Promise<CaseDifference | undefined | 'of another pack'> {
    const stored = await this.engine.store.readStream(caseStream(caseId));
    const events = stored.flatMap((event) => decodeEvent(event, caseAggregate.upcasts) ?? []) as RecordedCaseEvent[];
    const ruled = events[0]?.meta.policy;
    const before = ruled && this.engine.rulebook.register.version(ruled.pack, ruled.version)?.policy;
    if (before === undefined || before.id !== of) return 'of another pack';
    return compareCase(caseId, events, { before: this.held(before), after }, until);
  }

  /** A pack with those who hold its posts, made once: it is asked for every case. */
  private held(policy: Policy): Policy {
    const held = this.withPosts.get(policy) ?? policy.withPosts(this.engine.organisation);
    this.withPosts.set(policy, held);
    return held;
  }

  /** Page by page, in the order in which they came. */
  private async *casesOf(
    { from, to }: Order,
    after: number,
  ): AsyncGenerator<{ readonly caseIds: readonly string[]; readonly last: number }> {
    for (;;) {
      let query = this.engine.views
        .selectFrom('case_board')
        .select(['case_id', 'case_no'])
        .where('case_no', '>', after)
        .orderBy('case_no')
        .limit(PAGE);
      if (from !== undefined) query = query.where('recorded_at', '>=', from);
      if (to !== undefined) query = query.where('recorded_at', '<', to);
      const rows = await query.execute();
      const last = rows.at(-1)?.case_no;
      if (last === undefined) return;
      yield { caseIds: rows.map((row) => row.case_id), last };
      after = last;
    }
  }
}

class ViewsBehind extends Error {
  readonly code = 'VIEWS_BEHIND';

  constructor() {
    super('The views do not come up with the log.');
  }
}

const progressOf = ({ progress }: LongJob): Progress => ({ ...BEGINNING, ...(progress as Partial<Progress>) });
