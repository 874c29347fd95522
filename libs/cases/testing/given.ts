import { expect } from '@jest/globals';
import { isRefusal, type Actor, type Instant, type JsonObject, type Refusal } from '#kernel';
import type { CaseDecide } from '../command.js';
import type { CaseEvent, CaseEventType, CaseState, RecordedCaseEvent } from '../domain/index.js';
import { Desk, type Sent } from './desk.js';

/** What an event must look like: its type, and the fields that matter. */
export type Expected = readonly [type: CaseEventType, data?: JsonObject, occurredAt?: Instant];

/**
 * Given events, when a command, it gives events or is refused. (A method called `then` would make the outcome a promise.)
 */
export const given = (...events: readonly CaseEvent[]): Given => new Given(new Desk().record(...events));

class Given {
  constructor(private readonly desk: Desk) {}

  /** Lets time pass with nobody looking. */
  at(now: Instant): this {
    this.desk.now = now;
    return this;
  }

  when<C>(decide: CaseDecide<C>, command: C, actor?: Actor): Outcome {
    const before = this.desk.events.length;
    const sent: Sent = actor === undefined ? {} : { actor };
    const answer = this.desk.send(decide, command, sent);
    return new Outcome(this.desk, answer, this.desk.events.slice(before));
  }
}

class Outcome {
  constructor(
    private readonly desk: Desk,
    private readonly answer: JsonObject | Refusal,
    readonly events: readonly RecordedCaseEvent[],
  ) {}

  /** Exactly these events, settlement and what follows included. */
  gives(...expected: readonly Expected[]): this {
    expect(this.answer).not.toMatchObject({ refused: true });
    expect(this.events.map(({ type }) => type)).toEqual(expected.map(([type]) => type));
    expected.forEach(([, data = {}, occurredAt], index) => {
      expect(this.events[index]!.data).toMatchObject(data);
      if (occurredAt !== undefined) expect(this.events[index]!.meta.occurredAt).toBe(occurredAt);
    });
    return this;
  }

  refused(code: string, facts: JsonObject = {}): this {
    expect(this.answer).toMatchObject({ refused: true, code, facts });
    return this;
  }

  told(result: JsonObject): this {
    expect(this.answer).toMatchObject(result);
    return this;
  }

  /** The parts of the one event, as they would be stored: whose key, whom they mention. */
  sealed(personal: Readonly<Record<string, JsonObject>>): this {
    const parts = this.events[0]?.personal ?? {};
    expect(Object.keys(parts).sort()).toEqual(Object.keys(personal).sort());
    expect(parts).toMatchObject(personal);
    return this;
  }

  leaves(state: Partial<CaseState>): this {
    expect(isRefusal(this.answer)).toBe(false);
    expect(this.desk.state).toMatchObject(state);
    return this;
  }

  /** What comes next in the same case. */
  and(): Given {
    return new Given(this.desk);
  }
}
