import {
  caseAggregate,
  caseStream,
  compareCase,
  DifferenceCounter,
  type CaseDifference,
  type DifferenceSum,
} from '#cases';
import { decodeEvent, isRefusal, newId, refuse, START, type Instant, type Refusal } from '#kernel';
import { loadPack, WrongPack, type Policy } from '#policy';
import type { RecordedCaseEvent } from '#cases';
import type { Engine } from '../engine.js';

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

/** Issue 10.7: a history replayed under another pack, with nothing written: how far it has come, and what differs. */
export interface WhatIf {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly pack: { readonly id: string; readonly version: string };
  readonly of: string;
  readonly until: Instant;
  readonly sum: DifferenceSum;
  /** The first thousand cases that differ; the sum counts all. */
  readonly differences: readonly CaseDifference[];
  readonly failure?: string;
}

const MOST_SHOWN = 1000;
const MOST_KEPT = 20;
const PAGE = 500;
const WAIT_FOR_VIEWS_MS = 30_000;

/** The questions that were asked of this process, the latest ones kept; one is worked on at a time. */
export class WhatIfs {
  private readonly asked = new Map<string, WhatIf>();
  private readonly withPosts = new WeakMap<Policy, Policy>();
  private working: Promise<void> = Promise.resolve();

  constructor(private readonly engine: Engine) {}

  get(id: string): WhatIf | undefined {
    return this.asked.get(id);
  }

  /** Begins to replay; the answer grows while it works. @returns PACK_WRONG, UNKNOWN_PACK */
  ask(asked: WhatIfAsked): WhatIf | Refusal {
    const pack = this.read(asked);
    if (isRefusal(pack)) return pack;
    const of = asked.of ?? pack.id;
    const known = [...this.engine.rulebook.register.versions().keys()];
    if (!known.includes(of)) return refuse('UNKNOWN_PACK', { pack: of, known });
    const begun: WhatIf = {
      id: newId(),
      state: 'running',
      pack: { id: pack.id, version: pack.version },
      of,
      until: this.engine.clock.now(),
      sum: new DifferenceCounter().sum(),
      differences: [],
    };
    this.keep(begun);
    this.working = this.working.then(() => this.work(begun, pack, asked));
    return begun;
  }

  /** Until all that was asked has its answer. */
  async settled(): Promise<void> {
    await this.working;
  }

  private read({ text, fileName }: WhatIfAsked): Policy | Refusal {
    try {
      return loadPack(text, fileName, this.engine.rulebook.register.calendars).withPosts(this.engine.organisation);
    } catch (error) {
      if (error instanceof WrongPack) return refuse('PACK_WRONG', { faults: error.faults });
      throw error;
    }
  }

  private async work(begun: WhatIf, after: Policy, asked: WhatIfAsked): Promise<void> {
    const counter = new DifferenceCounter();
    const differences: CaseDifference[] = [];
    try {
      await this.viewsCaughtUp();
      for await (const caseIds of this.casesOf(asked)) {
        for (const caseId of caseIds) {
          const difference = await this.compare(caseId, begun, after);
          if (difference === 'of another pack') continue;
          counter.count(difference);
          if (difference !== undefined && differences.length < MOST_SHOWN) differences.push(difference);
        }
        this.keep({ ...begun, sum: counter.sum(), differences: [...differences] });
      }
      this.keep({ ...begun, state: 'done', sum: counter.sum(), differences });
    } catch (error) {
      const failure = (error as Error).message;
      this.keep({ ...begun, state: 'failed', sum: counter.sum(), differences, failure });
    }
  }

  /** Which cases there are is asked of a view. @throws Error where it does not come to what the log held when this began */
  private async viewsCaughtUp(): Promise<void> {
    const { store, projector } = this.engine;
    const isThere = await projector.waitFor((await store.lastDelivered()) ?? START, WAIT_FOR_VIEWS_MS);
    if (!isThere) throw new Error('the views do not come up with the log');
  }

  private async compare(
    caseId: string,
    { of, until }: WhatIf,
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
  private async *casesOf({ from, to }: WhatIfAsked): AsyncGenerator<readonly string[]> {
    for (let after = -1; ;) {
      let query = this.engine.views
        .selectFrom('case_board')
        .select(['case_id', 'case_no'])
        .where('case_no', '>', after)
        .orderBy('case_no')
        .limit(PAGE);
      if (from !== undefined) query = query.where('recorded_at', '>=', from);
      if (to !== undefined) query = query.where('recorded_at', '<', to);
      const rows = await query.execute();
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map((row) => row.case_id);
      after = last.case_no;
    }
  }

  private keep(whatIf: WhatIf): void {
    this.asked.set(whatIf.id, whatIf);
    const [oldest] = this.asked.keys();
    if (this.asked.size > MOST_KEPT && oldest !== undefined) this.asked.delete(oldest);
  }
}
