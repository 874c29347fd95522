import { expect, test } from '@jest/globals';
import { plusMs, TestClock } from '#kernel';
import { Following } from './following.js';
import type { Subscription } from './port.js';

const START_OF_TIME = '2026-01-05T01:00:00.000Z';

/** A subscription that ends when it is closed, as those of the stores do. */
class Quiet implements Subscription {
  private end: () => void = () => undefined;
  readonly ended = new Promise<void>((resolve) => (this.end = resolve));

  close(): void {
    this.end();
  }

  [Symbol.asyncIterator](): AsyncIterator<never> {
    return { next: () => this.ended.then(() => ({ done: true, value: undefined })) };
  }
}

test('one that is stopped while it looks where it was ends, and takes nothing', async () => {
  let found: (subscription: Subscription) => void = () => undefined;
  let taken = 0;
  const following = new Following({
    clock: new TestClock(START_OF_TIME),
    subscribe: () => new Promise((resolve) => (found = resolve)),
    take: async (subscription) => {
      taken++;
      for await (const _ of subscription);
    },
  });
  following.start();
  const stopping = following.stop();
  const late = new Quiet();
  found(late);
  await stopping;
  await late.ended;
  expect(taken).toBe(0);
});

test('what fails is tried again after a rest, and a new subscription begins where it is asked to', async () => {
  const clock = new TestClock(START_OF_TIME);
  const failures: unknown[] = [];
  let subscribed = 0;
  let told: () => void = () => undefined;
  const next = (): Promise<void> => new Promise((resolve) => (told = resolve));
  const following = new Following({
    clock,
    subscribe: () => {
      if (++subscribed === 1) throw new Error('the log is away');
      return new Quiet();
    },
    take: async (subscription) => {
      told();
      for await (const _ of subscription);
    },
    onFailure: (error) => (failures.push(error), told()),
  });
  let step = next();
  following.start();
  await step;
  expect([subscribed, failures.length]).toEqual([1, 1]);
  step = next();
  // It lies down to rest behind telling of the failure.
  await Promise.resolve();
  clock.moveTo(plusMs(START_OF_TIME, 1000));
  await step;
  expect(subscribed).toBe(2);
  step = next();
  following.renew();
  await step;
  expect(subscribed).toBe(3);
  await following.stop();
  expect(failures).toHaveLength(1);
});
