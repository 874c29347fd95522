import { beforeEach, describe, expect, test } from '@jest/globals';
import { plusMs, TestClock, type Instant } from '#kernel';
import { RecomputeProvisional, type PublishedCalendar, type Recomputed } from './index.js';

const NOW: Instant = '2026-11-20T01:00:00.000Z';
const MINUTE = 60_000;
const PUBLISHED: PublishedCalendar = { country: 'CN', calendar: 'cn-2027', publishedAt: NOW };

let clock: TestClock;
let pending: PublishedCalendar[];
let provisional: Set<string>;
let sent: (readonly [caseId: string, calendar: string, pass: number])[];
let done: object[];
let outcomes: Map<string, Recomputed>;
let failures: unknown[];

beforeEach(() => {
  clock = new TestClock(NOW);
  pending = [PUBLISHED];
  provisional = new Set(Array.from({ length: 450 }, (_, index) => `case-${String(index).padStart(3, '0')}`));
  [sent, done, outcomes, failures] = [[], [], new Map(), []];
});

/** The automation on cases that are a set of names: what moved is no longer provisional, as in the view. */
function automation(viewsCaughtUp = () => Promise.resolve(true)): RecomputeProvisional {
  return new RecomputeProvisional({
    clock,
    pending: () => pending,
    viewsCaughtUp,
    provisionalCases: (after, limit) =>
      Promise.resolve(
        [...provisional]
          .sort()
          .filter((it) => it > after)
          .slice(0, limit),
      ),
    recompute: async (caseId, calendar, pass) => {
      await new Promise((resolve) => setImmediate(resolve));
      sent.push([caseId, calendar, pass]);
      const outcome = outcomes.get(caseId) ?? 'moved';
      if (outcome === 'moved') provisional.delete(caseId);
      return outcome;
    },
    done: (published, counts) => {
      done.push({ ...counts, calendar: published.calendar });
      pending = pending.filter((it) => it !== published);
      return Promise.resolve();
    },
    onFailure: (error) => void failures.push(error),
  });
}

const idle = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
};

async function armed(it: RecomputeProvisional): Promise<RecomputeProvisional> {
  it.arm();
  await idle();
  return it;
}

describe('K-10: when a calendar is published then provisional deadlines are recomputed', () => {
  test('every case once, page by page, and once more a minute later what another process had decided meanwhile', async () => {
    const recompute = await armed(automation());
    expect(new Set(sent.map(([caseId]) => caseId)).size).toBe(450);
    expect(sent).toHaveLength(450);
    expect(recompute.progress()).toEqual([{ ...PUBLISHED, state: 'checking', cases: 450, moved: 450, failed: 0 }]);
    provisional.add('late');
    clock.advance(MINUTE - 1);
    await idle();
    expect(done).toEqual([]);
    clock.advance(1);
    await idle();
    expect(sent.slice(450)).toEqual([['late', 'cn-2027', 2]]);
    expect(done).toEqual([{ calendar: 'cn-2027', cases: 450, moved: 451 }]);
    expect(recompute.progress()).toEqual([]);
  });

  test('one that reaches a further year stays provisional and is passed over', async () => {
    outcomes.set('case-007', 'unchanged');
    await armed(automation());
    clock.advance(MINUTE);
    await idle();
    expect(done).toEqual([{ calendar: 'cn-2027', cases: 450, moved: 449 }]);
  });

  test('a case that could not be counted again is tried until it can', async () => {
    outcomes.set('case-449', 'failed');
    const recompute = await armed(automation());
    expect(recompute.progress()).toMatchObject([{ state: 'counting', failed: 1 }]);
    outcomes.clear();
    clock.advance(1000);
    await idle();
    expect(recompute.progress()).toMatchObject([{ state: 'checking', failed: 0 }]);
    expect(sent.filter(([caseId]) => caseId === 'case-449')).toHaveLength(2);
  });

  test('a restart in the middle begins with what is still provisional, under the same commands', async () => {
    const first = automation();
    first.arm();
    while (sent.length < 100) await new Promise((resolve) => setImmediate(resolve));
    await first.stop();
    expect(sent.length).toBeLessThan(450);
    await armed(automation());
    expect(sent.filter(([, , pass]) => pass === 1)).toHaveLength(450);
    expect(provisional.size).toBe(0);
  });

  test('waits for views that are behind, and tells what fails', async () => {
    let [behind, broken] = [true, true];
    const recompute = await armed(
      automation(() => (broken ? Promise.reject(new Error('no views')) : Promise.resolve(!behind))),
    );
    expect(failures).toHaveLength(1);
    broken = false;
    clock.advance(1000);
    await idle();
    expect(sent).toEqual([]);
    behind = false;
    clock.advance(1000);
    await idle();
    expect(recompute.progress()).toMatchObject([{ state: 'checking' }]);
  });

  test('two publications are worked through each by itself', async () => {
    const second = { country: 'CN', calendar: 'cn-2028', publishedAt: plusMs(NOW, 30_000) };
    pending = [PUBLISHED, second];
    outcomes = new Map([...provisional].map((caseId) => [caseId, 'unchanged']));
    await armed(automation());
    expect(sent).toHaveLength(900);
    clock.advance(MINUTE);
    await idle();
    expect(done).toHaveLength(1);
    clock.advance(30_000);
    await idle();
    expect(done.map((it) => (it as { calendar: string }).calendar)).toEqual(['cn-2027', 'cn-2028']);
  });
});
