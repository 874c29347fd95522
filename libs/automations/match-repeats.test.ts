import { expect, test } from '@jest/globals';
import { TestClock } from '#kernel';
import { groupPack, RepeatRules } from '#policy';
import { KeepRepeats } from './match-repeats.js';

test('A-7, R-4: a case under rules that this process has not heard of yet is not passed over', async () => {
  const clock = new TestClock('2026-01-05T01:00:00.000Z');
  const rules = new RepeatRules([groupPack()]);
  const sameness = rules.samenessesOf('group')[0]!.id;
  let version = '2';
  let reached = -1;
  const failures: unknown[] = [];
  const it = { caseId: 'a', counts: true, historical: false, erased: false, recorded: {}, dismissed: [] };
  const automation = new KeepRepeats({
    clock,
    rules,
    ready: () => true,
    changedKeys: async (after) => (after < 7 ? [{ seq: 7, sameness, hash: 'x', at: clock.now(), caseId: 'a' }] : []),
    casesOfKey: async () => [{ caseId: 'a', at: clock.now(), complainant: 'x', handled: [] }],
    keyed: async () => new Set<string>(),
    casesOnRecord: async (ids) => new Map(ids.map((id) => [id, { ...it, pack: 'group', version }])),
    send: async () => undefined,
    seen: async () => undefined,
    checkpoint: { read: async () => reached, write: async (position: number) => void (reached = position) },
    onFailure: (error) => void failures.push(error),
  });
  automation.arm();
  await automation.idle();
  expect([reached, String(failures[0])]).toEqual([-1, 'Error: the rules group@2 are not known here yet']);
  version = '1';
  automation.arm();
  await automation.idle();
  expect(reached).toBe(7);
  await automation.stop();
});
