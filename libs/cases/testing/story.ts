import { expect } from '@jest/globals';
import { isRefusal, type Instant, type JsonObject } from '#kernel';
import type { Policy } from '#policy';
import type { CaseDecide } from '../command.js';
import type { CaseEventType, CaseState, ClockRun, RecordedCaseEvent } from '../domain/index.js';
import { Desk, type Sent } from './desk.js';

/** A case under a pack of its own, told step by step: what is sent when, and what stands after it. */
export class Story {
  readonly desk: Desk;
  private seen = 0;

  constructor(policy: Policy) {
    this.desk = new Desk(policy);
  }

  /** Sends a command, which must be taken. @returns what the sender is told */
  sends<C>(decide: CaseDecide<C>, command: C, at?: Instant, sent: Sent = {}): JsonObject {
    const answer = this.desk.send(decide, command, { ...sent, ...(at === undefined ? {} : { at }) });
    if (isRefusal(answer)) throw new Error(`refused: ${answer.code} ${JSON.stringify(answer.facts)}`);
    return answer;
  }

  /** Lets time pass until a timer looks, just after the instant. */
  passes(until: Instant): this {
    this.desk.settle(until);
    return this;
  }

  /** The types of what happened since the last look, those of one kind only where it is named. */
  happened(...kinds: readonly string[]): readonly string[] {
    const fresh = this.desk.events.slice(this.seen).map(({ type }) => type);
    this.seen = this.desk.events.length;
    return kinds.length === 0 ? fresh : fresh.filter((type) => kinds.some((kind) => type.startsWith(kind)));
  }

  last<T extends CaseEventType>(type: T): Extract<RecordedCaseEvent, { type: T }> {
    const found = this.desk.events.findLast((event) => event.type === type);
    if (found === undefined) throw new Error(`there is no ${type}`);
    return found as Extract<RecordedCaseEvent, { type: T }>;
  }

  clock(clock: string, run?: number): ClockRun {
    const runs = this.state.clocks.filter((it) => it.clock === clock);
    const found = run === undefined ? runs.at(-1) : runs.find((it) => it.run === run);
    if (found === undefined) throw new Error(`there is no run of ${clock}`);
    return found;
  }

  expects(clock: string, like: Partial<ClockRun>, run?: number): this {
    expect(this.clock(clock, run)).toMatchObject(like);
    return this;
  }

  get state(): CaseState {
    return this.desk.state;
  }
}
