import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CaseState } from '#cases';
import { Desk, live, lives, richPack } from '#cases/testing';
import { reduce, type ProjectedEvent } from '#sql';
import { BOARD_REDUCERS, emptyRow, openEscalations } from './reducers.js';
import { namesIn, nameOf, runsOf } from './runs.js';
import type { BoardRow } from './tables.js';

const rowOf = (desk: Desk): BoardRow =>
  desk.events
    .map((event) => ({ ...event, subject: '1', position: event.revision, personal: {} }) as unknown as ProjectedEvent)
    .reduce<BoardRow | undefined>((row, event) => reduce(BOARD_REDUCERS, row ?? emptyRow(event), event), undefined)!;

const named = (state: CaseState, which: (run: CaseState['clocks'][number]) => boolean): string[] =>
  state.clocks.filter(which).map(nameOf).sort();

test('K-7, K-10, E-1: whatever a case lives through, its row says of its clocks what the case says', () => {
  fc.assert(
    fc.property(lives(), (draws) => {
      const desk = new Desk(richPack);
      live(draws, desk);
      if (desk.events.length === 0) return;
      const [row, { state }] = [rowOf(desk), desk];
      expect({
        running: runsOf(row)
          .map(([, clock, run]) => nameOf({ clock, run }))
          .sort(),
        due: runsOf(row).map(([dueAt]) => dueAt),
        paused: namesIn(row.paused).sort(),
        provisional: namesIn(row.provisional).sort(),
        warned: namesIn(row.warned).sort(),
        owed: namesIn(row.owed).sort(),
        missed: row.missed_count,
        escalations: openEscalations(row),
        repeats: namesIn(row.repeats),
      }).toEqual({
        running: named(state, (it) => it.state === 'running'),
        due: state.clocks.flatMap((it) => (it.state === 'running' ? [it.dueAt] : [])).sort(),
        paused: named(state, (it) => it.state === 'paused'),
        provisional: named(state, (it) => it.provisionalYears !== undefined),
        warned: named(state, (it) => it.warned.length > 0),
        owed: named(state, (it) => it.state === 'missed' && it.fulfilledAt === undefined && it.clock !== 'escalation'),
        missed: state.clocks.filter((it) => it.state === 'missed' && it.clock !== 'escalation').length,
        escalations: state.escalations
          .filter((it) => it.state === 'open')
          .map(({ escalationId, level, recipients }) => [escalationId, level, recipients]),
        repeats: state.repeats.map(({ rule }) => rule),
      });
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 500) },
  );
});
