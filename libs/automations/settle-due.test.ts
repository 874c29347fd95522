import { describe, expect, test } from '@jest/globals';
import { plusMs, TestClock, type Instant } from '#kernel';
import { SettleDue, type SettleDuePorts } from './settle-due.js';

const HOUR = 3_600_000;

/** A view of what is due, which hears of a settlement only when told: views lag. */
class DueView {
  readonly dues = new Map<string, Instant>();
  readonly settled: [caseId: string, at: Instant][] = [];

  constructor(readonly clock: TestClock) {}

  ports(more: Partial<SettleDuePorts> = {}): SettleDuePorts {
    return {
      clock: this.clock,
      nextDue: async () => [...this.dues.values()].sort()[0],
      casesDueBefore: async (instant) => [...this.dues].filter(([, at]) => at < instant).map(([id]) => id),
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
    const timer = new SettleDue(
      view.ports({
        casesDueBefore: async () => {
          if (broken) throw new Error('no view');
          return ['a'];
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
});
