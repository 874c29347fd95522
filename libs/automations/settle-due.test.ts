import { describe, expect, test } from '@jest/globals';
import { plusMs, TestClock, type ClockJump, type Instant } from '#kernel';
import { SettleDue, type DueEntry, type SettleDuePorts } from './settle-due.js';

const HOUR = 3_600_000;

/** A view of what is due, which hears of a settlement only when told: views lag. */
class DueView {
  readonly dues = new Map<string, Instant>();
  readonly settled: [caseId: string, at: Instant][] = [];
  /** How often it was asked for what is due. */
  asked = 0;

  constructor(readonly clock: TestClock) {}

  /** The earliest first. */
  private entries(): DueEntry[] {
    return [...this.dues]
      .map(([caseId, at], seq) => ({ caseId, at, seq }))
      .sort((a, b) => (a.at === b.at ? a.seq - b.seq : a.at < b.at ? -1 : 1));
  }

  ports(more: Partial<SettleDuePorts> = {}): SettleDuePorts {
    return {
      clock: this.clock,
      nextDue: async (from) => this.entries().find(({ at }) => at >= from)?.at,
      dueBefore: async (instant, limit, after) => {
        this.asked++;
        const due = this.entries().filter(({ at }) => at < instant);
        return due.slice(after === undefined ? 0 : due.findIndex(({ seq }) => seq === after.seq) + 1).slice(0, limit);
      },
      settle: async (caseId) => {
        this.settled.push([caseId, this.clock.now()]);
        return 'settled';
      },
      ...more,
    };
  }
}

const rest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('EVENTS 12: when a deadline falls due, then the case is settled', () => {
  test('at the due instant it is in time; one millisecond later it is settled', async () => {
    const view = new DueView(new TestClock());
    const due = plusMs(view.clock.now(), HOUR);
    view.dues.set('a', due);
    const timer = new SettleDue(view.ports());
    timer.arm();
    await rest();
    view.clock.moveTo(due);
    await rest();
    expect(view.settled).toEqual([]);
    view.clock.advance(1);
    await rest();
    expect(view.settled).toEqual([['a', plusMs(due, 1)]]);
    await timer.stop();
  });

  test('what was due while nobody ran is settled at the start', async () => {
    const view = new DueView(new TestClock());
    view.dues.set('a', plusMs(view.clock.now(), -HOUR));
    const timer = new SettleDue(view.ports());
    timer.arm();
    await rest();
    expect(view.settled.map(([id]) => id)).toEqual(['a']);
    await timer.stop();
  });

  test('a view that lags makes it neither spin nor forget: after a rest it is tried again', async () => {
    const view = new DueView(new TestClock());
    view.dues.set('a', plusMs(view.clock.now(), -HOUR));
    const timer = new SettleDue(view.ports());
    for (let round = 0; round < 5; round++) {
      timer.arm();
      await rest();
    }
    expect(view.settled).toHaveLength(1);
    view.clock.advance(1000);
    await rest();
    expect(view.settled).toHaveLength(2);
    await timer.stop();
  });

  test('a deadline that is set later than the timer went to sleep is not slept through', async () => {
    const view = new DueView(new TestClock());
    view.dues.set('late', plusMs(view.clock.now(), 10 * HOUR));
    const timer = new SettleDue(view.ports());
    timer.arm();
    await rest();
    view.dues.set('soon', plusMs(view.clock.now(), HOUR));
    timer.arm();
    await rest();
    view.clock.advance(2 * HOUR);
    await rest();
    expect(view.settled.map(([id]) => id)).toEqual(['soon']);
    await timer.stop();
  });

  test('a view that fails is told of and asked again', async () => {
    const view = new DueView(new TestClock());
    view.dues.set('a', plusMs(view.clock.now(), -HOUR));
    const failures: unknown[] = [];
    let broken = true;
    const ports = view.ports();
    const timer = new SettleDue(
      view.ports({
        dueBefore: async (...asked) => {
          if (broken) throw new Error('no view');
          return ports.dueBefore(...asked);
        },
        onFailure: (error) => failures.push(error),
      }),
    );
    timer.arm();
    await rest();
    expect(failures).toHaveLength(1);
    broken = false;
    view.clock.advance(1000);
    await rest();
    expect(view.settled).toHaveLength(1);
    await timer.stop();
  });

  test('after it was stopped nothing is settled until it is started again', async () => {
    const view = new DueView(new TestClock());
    const timer = new SettleDue(view.ports());
    await timer.stop();
    view.dues.set('a', plusMs(view.clock.now(), -HOUR));
    timer.arm();
    await rest();
    expect(view.settled).toEqual([]);
    timer.start();
    await rest();
    expect(view.settled).toHaveLength(1);
    await timer.stop();
  });

  test('thousands that are due at once are settled in one go, a bounded number at a time, though the view lags', async () => {
    const view = new DueView(new TestClock());
    for (let n = 0; n < 5000; n++) view.dues.set(`case-${n}`, plusMs(view.clock.now(), -HOUR + (n % 7)));
    let [underWay, most] = [0, 0];
    const done = new Set<string>();
    const timer = new SettleDue(
      view.ports({
        settle: async (caseId) => {
          most = Math.max(most, ++underWay);
          await rest();
          underWay--;
          done.add(caseId);
          return 'settled';
        },
      }),
    );
    timer.arm();
    while (done.size < 5000) await rest();
    expect(most).toBe(250);
    expect(view.asked).toBeLessThanOrEqual(5000 / 250 + 1);
    await timer.stop();
  });

  test('a view that stands still is asked ever more rarely, and keeps no other case waiting', async () => {
    const view = new DueView(new TestClock());
    view.dues.set('stuck', plusMs(view.clock.now(), -HOUR));
    const timer = new SettleDue(view.ports());
    timer.arm();
    await rest();
    for (let minute = 0; minute < 60 * 60; minute++) {
      view.clock.advance(1000);
      await rest();
    }
    expect(view.settled.length).toBeLessThan(25);
    const due = plusMs(view.clock.now(), 10);
    view.dues.set('next', due);
    timer.arm();
    await rest();
    view.clock.advance(11);
    await rest();
    expect(view.settled.at(-1)).toEqual(['next', plusMs(due, 1)]);
    await timer.stop();
  });

  test('what comes due in a case while the view still lags behind its last settlement is settled at once', async () => {
    const view = new DueView(new TestClock());
    view.dues.set('a', plusMs(view.clock.now(), -HOUR));
    const timer = new SettleDue(view.ports());
    timer.arm();
    await rest();
    view.dues.set('a', plusMs(view.clock.now(), 5));
    timer.arm();
    await rest();
    view.clock.advance(6);
    await rest();
    expect(view.settled).toHaveLength(2);
    await timer.stop();
  });

  test('a case that cannot be settled keeps no other one waiting, and is tried again', async () => {
    const view = new DueView(new TestClock());
    view.dues.set('bad', plusMs(view.clock.now(), -2 * HOUR));
    view.dues.set('good', plusMs(view.clock.now(), -HOUR));
    const failures: unknown[] = [];
    const outcomes: string[] = [];
    const timer = new SettleDue(
      view.ports({
        settle: async (caseId) => {
          if (caseId === 'bad') throw new Error('bad');
          view.dues.delete(caseId);
          return 'settled';
        },
        onSettled: (outcome) => outcomes.push(outcome),
        onFailure: (error) => failures.push(error),
      }),
    );
    timer.arm();
    await rest();
    expect(outcomes.sort()).toEqual(['failed', 'settled']);
    view.clock.advance(1000);
    await rest();
    expect(failures).toHaveLength(2);
    await timer.stop();
  });

  test('EVENTS 19: while the clock cannot be trusted nothing is settled; armed again, it goes on', async () => {
    class JumpingClock extends TestClock {
      jump: ClockJump | undefined;
      override get suspended(): ClockJump | undefined {
        return this.jump;
      }
    }
    const clock = new JumpingClock();
    const view = new DueView(clock);
    view.dues.set('a', plusMs(clock.now(), HOUR));
    const timer = new SettleDue(view.ports());
    timer.arm();
    await rest();
    clock.jump = { driftMs: 2 * HOUR, noticedAt: clock.now() };
    clock.advance(2 * HOUR);
    await rest();
    expect([view.settled, view.asked]).toEqual([[], 1]);
    clock.jump = undefined;
    timer.arm();
    await rest();
    expect(view.settled).toHaveLength(1);
    await timer.stop();
  });
});
