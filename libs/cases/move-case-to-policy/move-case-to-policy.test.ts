import { expect, test } from '@jest/globals';
import { isRefusal, plusMs, type JsonObject } from '#kernel';
import { loadPack, type Policy } from '#policy';
import { Desk, MONDAY, supervisor } from '../testing/index.js';
import { PLAIN } from '../testing/plain-pack.js';
import { makePromise, MakePromise } from '../make-promise/index.js';
import { receiveCase, ReceiveCase } from '../receive-case/index.js';
import { acceptCase, AcceptCase } from '../accept-case/index.js';
import { startWaiting, StartWaiting } from '../start-waiting/index.js';
import { endWaiting, EndWaiting } from '../end-waiting/index.js';
import { MoveCaseToPolicy, moveCaseToPolicy } from './index.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const [before, after] = [PLAIN.slice(0, PLAIN.indexOf('clocks:\n')), PLAIN.slice(PLAIN.indexOf('compensation:'))];

const pack = (version: string, clocks: readonly string[]): Policy =>
  loadPack(`${before.replace(/version: .*/, `version: '${version}'`)}clocks:\n${clocks.join('')}${after}`, 'test.yaml');

const clock = (id: string, budget: string, more = ''): string => `
  - id: ${id}
    label: { zh: 钟, en: Clock }
    countsFrom: recorded
    budget: ${budget}
    startsOn: [{ event: CaseReceived }]
    metBy: [{ event: CaseResolved }]
    pausedBy: [{ event: WaitingStarted }]
    resumedBy: [{ event: WaitingEnded }]
    ${more}
    source: '·'
`;

const desk = (...later: readonly Policy[]): Desk => {
  const opened = new Desk(pack('1', [clock('reply', '2d'), clock('plan', '3d'), clock('visit', '1d')]), later);
  opened.send(receiveCase, body(ReceiveCase, { kind: 'complaint', channel: 'phone', content: 'x' }));
  return opened;
};

const body = <C extends object>(type: new () => C, fields: object): C => Object.assign(new type(), fields);
const move = (at: Desk, fields: object): ReturnType<Desk['send']> =>
  at.send(moveCaseToPolicy, body(MoveCaseToPolicy, fields), { actor: supervisor });
const told = ({ events }: Desk, from: number): (readonly [string, JsonObject])[] =>
  events.slice(from).map(({ type, data }) => [type, data as JsonObject]);
const V2 = pack('2', [clock('reply', '1d'), clock('plan', '3d')]);

test('A-7: a case keeps the version it was opened under, and its events say so', () => {
  const { state } = desk(V2);
  expect(state.policy).toEqual({ pack: 'group', version: '1' });
  expect(state.clocks.map(({ budget }) => budget)).toEqual(['2d', '3d', '1d']);
});

test('A-7: moved, its clocks are counted anew where the new version knows them, left where nothing differs, else cancelled', () => {
  const opened = desk(V2);
  const count = opened.events.length;
  opened.now = plusMs(MONDAY, HOUR);
  move(opened, { version: '2' });
  expect(told(opened, count)).toEqual([
    ['CaseMovedToPolicy', { pack: 'group', version: '2', from: { pack: 'group', version: '1' } }],
    [
      'DeadlineMoved',
      expect.objectContaining({
        clock: 'reply',
        from: plusMs(MONDAY, 2 * DAY),
        startsAt: MONDAY,
        dueAt: plusMs(MONDAY, DAY),
        budget: '1d',
        reasonCode: 'POLICY_CHANGED',
      }),
    ],
    ['DeadlineCancelled', { clock: 'visit', run: 1, reasonCode: 'NOT_IN_NEW_POLICY' }],
  ]);
  expect(opened.state.policy).toEqual({ pack: 'group', version: '2' });
});

test('EVENTS 18: what is due is settled under the old version first; a verdict stays', () => {
  const opened = desk(V2);
  const count = opened.events.length;
  opened.now = plusMs(MONDAY, DAY + HOUR);
  move(opened, { version: '2' });
  expect(told(opened, count).map(([type, data]) => [type, data['clock']])).toEqual([
    ['DeadlineMissed', 'visit'],
    ['CaseMovedToPolicy', undefined],
    ['DeadlineMoved', 'reply'],
  ]);
  // The new due instant is past already; it came to be known with the move, and that is when it was missed.
  opened.settle(plusMs(opened.now, HOUR));
  expect(opened.events.at(-1)).toMatchObject({
    type: 'DeadlineMissed',
    data: { clock: 'reply' },
    meta: { occurredAt: plusMs(MONDAY, DAY + HOUR) },
  });
});

test('A-7: a clock that the new version knows for other cases only is cancelled, a promise stays a promise', () => {
  const opened = desk(pack('2', [clock('reply', '1d', 'when: case.kind == "request"'), clock('visit', '1d')]));
  opened.send(makePromise, body(MakePromise, { dueAt: plusMs(MONDAY, 5 * HOUR), text: 'x' }));
  move(opened, { version: '2' });
  expect(opened.state.clocks.map(({ clock: id, state }) => [id, state])).toEqual([
    ['reply', 'cancelled'],
    ['plan', 'cancelled'],
    ['visit', 'running'],
    ['promise', 'running'],
  ]);
});

test('A-7: a paused clock is counted by the new budget when it goes on', () => {
  const opened = desk(V2);
  opened.send(acceptCase, new AcceptCase());
  opened.now = plusMs(MONDAY, HOUR);
  opened.send(startWaiting, body(StartWaiting, { waitingFor: 'customer' }));
  move(opened, { version: '2' });
  opened.now = plusMs(MONDAY, 5 * HOUR);
  opened.send(endWaiting, new EndWaiting());
  const reply = opened.state.clocks.find(({ clock: id }) => id === 'reply');
  expect(reply).toMatchObject({ state: 'running', dueAt: plusMs(MONDAY, DAY + 4 * HOUR), budget: '1d' });
});

test('A-7: what follows the move is ruled by the new version', () => {
  const opened = desk(pack('2', [clock('reply', '2d', 'owedBy: [head]')]));
  move(opened, { version: '2' });
  opened.settle(plusMs(MONDAY, 3 * DAY));
  expect(opened.events.at(-1)).toMatchObject({ type: 'DeadlineMissed', data: { owedBy: ['head'] } });
});

test.each([
  ['the version it is under', { version: '1' }, 'UNDER_THIS_POLICY'],
  ['a move in the past', { version: '2', occurredAt: MONDAY }, 'MOVED_IN_THE_PAST'],
])('A-7: refused: %s', (_what, fields, code) => {
  const opened = desk(V2);
  const count = opened.events.length;
  expect(move(opened, fields)).toMatchObject({ refused: true, code });
  expect(opened.events).toHaveLength(count);
});

test('A-7: who handles cases does not choose their rules', () => {
  const answer = desk(V2).send(moveCaseToPolicy, body(MoveCaseToPolicy, { version: '2' }));
  expect(isRefusal(answer) && answer.code).toBe('ROLE_NOT_ALLOWED');
});
