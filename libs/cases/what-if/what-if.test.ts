import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { groupPack } from '#policy';
import { packWith } from '#policy/testing';
import type { CaseState } from '../domain/index.js';
import { giveReply } from '../give-reply/index.js';
import { growGroup } from '../grow-group/index.js';
import { receiveCase } from '../receive-case/index.js';
import { Desk, live, lives, richPack, Story } from '../testing/index.js';
import { compareCase, DifferenceCounter, replayUnder } from './index.js';

const END = '2030-01-01T00:00:00.000Z';

/** What a pack decides of a case: without ids, which are random. */
const ruled = (state: CaseState) => ({
  phase: state.phase,
  severity: state.severity,
  grounds: state.grounds.map(({ rule, severity }) => [rule, severity]),
  clocks: state.clocks
    .map(({ clock, run, state: verdict, dueAt, endedAt }) => `${clock}#${run} ${verdict} ${dueAt} ${endedAt}`)
    .sort(),
  escalations: state.escalations.map(({ level, chain, state: its }) => [level, chain, its]),
  recused: state.recused,
  priority: state.priority?.priority,
});

test('under the pack that ruled it, a replay comes to the same grounds, deadlines, verdicts and escalations', () =>
  fc.assert(
    fc.property(lives(), (draws) => {
      const desk = new Desk(richPack);
      live(draws, desk);
      desk.settle(END);
      expect(ruled(replayUnder(richPack, desk.events, END))).toEqual(ruled(desk.state));
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 500) },
  ));

test('a shorter budget and a lower limit: which verdicts and severities would differ, and by how many', () => {
  const story = new Story(groupPack());
  story.sends(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x' });
  story.sends(growGroup, { persons: 2 });
  story.sends(giveReply, { channel: 'phone', text: 'x' }, '2026-01-06T12:00:00.000Z');
  const before = story.desk.events.length;
  const after = packWith('group', 'budget: 2d\n    # What turns out', 'budget: 1d\n    # What turns out');
  const lower = packWith('group', 'when: case.persons >= 3', 'when: case.persons >= 2');
  const until = '2026-01-06T13:00:00.000Z';
  const late = compareCase('1', story.desk.events, { before: groupPack(), after }, until);
  expect(late?.runs).toContainEqual({
    clock: 'K-1',
    run: 1,
    before: { state: 'met', dueAt: '2026-01-07T01:00:00.000Z' },
    after: { state: 'missed', dueAt: '2026-01-06T01:00:00.000Z' },
  });
  const graver = compareCase('1', story.desk.events, { before: groupPack(), after: lower }, until);
  expect(graver?.severity).toEqual({ before: 'general', after: 'important' });
  const counter = new DifferenceCounter();
  for (const difference of [late, graver, compareCase('2', [], { before: groupPack(), after }, until)]) {
    counter.count(difference);
  }
  expect(counter.sum()).toMatchObject({
    cases: 3,
    differing: 2,
    verdicts: { 'K-1: met → missed': 1 },
    severities: { 'general → important': 1 },
  });
  expect(story.desk.events).toHaveLength(before);
});
