import { expect, test } from '@jest/globals';
import { plusMs, TestClock, type Clock, type Instant } from '#kernel';
import { WakingLoop } from './waking-loop.js';

const rest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('it sleeps until the instant that its work names, and no work is done before', async () => {
  const clock = new TestClock();
  const worked: Instant[] = [];
  const loop = new WakingLoop({
    clock,
    work: async () => {
      worked.push(clock.now());
      return worked.length === 1 ? plusMs(clock.now(), 5000) : undefined;
    },
  });
  const start = clock.now();
  loop.arm();
  await rest();
  clock.advance(4999);
  await rest();
  expect(worked).toEqual([start]);
  clock.advance(1);
  await rest();
  clock.advance(1_000_000);
  await rest();
  expect(worked).toEqual([start, plusMs(start, 5000)]);
});

test('armed while it works, it works again; a failure is told and tried again after a rest', async () => {
  const clock = new TestClock();
  const failures: unknown[] = [];
  let rounds = 0;
  const loop: WakingLoop = new WakingLoop({
    clock,
    work: async () => {
      rounds++;
      if (rounds === 1) loop.arm();
      if (rounds === 2) throw new Error('gone');
      return undefined;
    },
    onFailure: (error) => failures.push(error),
  });
  loop.arm();
  await rest();
  expect([rounds, failures.length]).toEqual([2, 1]);
  clock.advance(1000);
  await rest();
  expect(rounds).toBe(3);
});

test('EVENTS 19: while time cannot be trusted nothing is done', async () => {
  const clock = new TestClock();
  let suspended: Clock['suspended'] = { driftMs: 100_000, noticedAt: clock.now() };
  let rounds = 0;
  const jumping: Clock = {
    now: () => clock.now(),
    wakeAt: (at, wake) => clock.wakeAt(at, wake),
    get suspended() {
      return suspended;
    },
  };
  const loop = new WakingLoop({ clock: jumping, work: async () => void rounds++ as undefined });
  loop.arm();
  await rest();
  expect(rounds).toBe(0);
  suspended = undefined;
  clock.advance(1000);
  await rest();
  expect(rounds).toBe(1);
});

test('after it was stopped it does nothing, and stopping waits for what it does', async () => {
  const clock = new TestClock();
  let ended = false;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const loop = new WakingLoop({
    clock,
    work: async () => {
      begin();
      await rest();
      ended = true;
      return plusMs(clock.now(), 1);
    },
  });
  loop.arm();
  await begun;
  await loop.stop();
  expect(ended).toBe(true);
  ended = false;
  loop.arm();
  clock.advance(1000);
  await rest();
  expect(ended).toBe(false);
});
