import { expect, test } from '@jest/globals';
import { ENGINE } from '#kernel';
import { addAttachment } from '../../add-attachment/index.js';
import { addNote } from '../../add-note/index.js';
import { growGroup } from '../../grow-group/index.js';
import { receiveCase } from '../../receive-case/index.js';
import {
  accepted,
  assigned,
  closed,
  declined,
  Desk,
  MONDAY,
  promised,
  received,
  recordedEvent,
  recused,
  resolved,
  waiting,
} from '../../testing/index.js';
import { keysOf, type CaseEvent, type RecordedCaseEvent } from '../index.js';
import { evolve } from './index.js';

const stateAfter = (...events: readonly CaseEvent[]) => new Desk().record(...events).state;

test('what only one phase knows goes with it', () => {
  expect(stateAfter(received(), accepted(), waiting())).toMatchObject({ phase: 'waiting', waitingFor: 'customer' });
  expect(stateAfter(received(), accepted(), waiting(), resolved())).not.toHaveProperty('waitingFor');
  expect(stateAfter(received(), declined(), accepted())).not.toHaveProperty('reasonCode');
  expect(stateAfter(received(), resolved(), closed())).toMatchObject({ phase: 'closed', outcome: 'remedied' });
  expect(stateAfter(received(), resolved(), accepted())).not.toHaveProperty('outcome');
});

test('EVENTS 3: an event nobody knows, whatever its name, leaves the case as it is', () => {
  const before = stateAfter(received());
  for (const type of ['SomethingElse', 'constructor', '__proto__', '']) {
    const foreign = { ...new Desk().record(received()).events[0]!, type } as unknown as RecordedCaseEvent;
    expect(evolve(before, foreign)).toBe(before);
  }
});

test('EVENTS 7: erasing a party takes their own key and every text that mentions them', () => {
  const desk = new Desk();
  desk.send(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x', complainant: { name: 'Anna' } });
  desk.send(growGroup, { members: [{ name: 'Bo' }] });
  const [anna, bo] = desk.state.parties.map(({ partyId }) => partyId);
  desk.send(addNote, { text: 'about both', mentions: [anna!, bo!] });
  desk.send(addNote, { text: 'about nobody', mentions: [] });
  desk.send(addAttachment, {
    attachmentId: 'a-1',
    keyId: 'photo',
    ciphertextSha256: '',
    sizeBytes: 1,
    mediaType: 'image/png',
    fileName: 'bo.png',
    plaintextSha256: '',
    mentions: [bo!],
  });
  const [content, both] = desk.state.texts.map(({ keyId }) => keyId);
  expect(keysOf(desk.state, anna!)).toEqual([anna, content, both]);
  expect(keysOf(desk.state, bo!)).toEqual([bo, both, 'photo']);
});

test('EVENTS 8: what was erased is known to the case', () => {
  const erased: CaseEvent = { type: 'SubjectErased', data: { parties: ['anna'], keyIds: ['anna', 'key-1'] } };
  expect(stateAfter(received(), erased)).toMatchObject({ erasedParties: ['anna'], erasedKeys: ['anna', 'key-1'] });
});

test('H-2: who owns the case and is recused owns it no more; somebody else stays', () => {
  expect(stateAfter(received(), assigned('property', 'zhang'), recused('zhang'))).not.toHaveProperty('owner');
  expect(stateAfter(received(), assigned('property', 'zhang'), recused('li'))).toMatchObject({ owner: 'zhang' });
});

test('K-3, by occurred time: a promise that was kept stays kept, whatever is folded later', () => {
  const kept: CaseEvent = { type: 'PromiseKept', data: { promiseId: 'promise-1' } };
  const broken: CaseEvent = { type: 'PromiseBroken', data: { promiseId: 'promise-1', dueAt: MONDAY } };
  expect(stateAfter(received(), promised(), kept, broken).promises).toMatchObject([{ state: 'kept' }]);
});

test('EVENTS 16, by occurred time: the verdict that stands later in the log holds, in whatever order they are folded', () => {
  const about = { clock: 'K-1', run: 1 };
  const recorded = (event: CaseEvent, revision: number) =>
    recordedEvent(event, { actor: ENGINE, historical: false, revision, at: MONDAY });
  const log = [
    recorded(
      {
        type: 'DeadlineSet',
        data: { ...about, countsFrom: 'recorded', startsAt: MONDAY, dueAt: MONDAY, budget: '2d', source: 'x' },
      },
      1,
    ),
    recorded({ type: 'DeadlineMissed', data: { ...about, dueAt: MONDAY } }, 2),
    recorded(
      {
        type: 'VerdictCorrected',
        data: { ...about, from: 'missed', to: 'met', dueAt: MONDAY, cause: 'x', replaces: 'y', metAt: MONDAY },
      },
      3,
    ),
  ];
  const orders = [log, [...log].reverse(), [log[2]!, log[0]!, log[1]!], [log[1]!, log[2]!, log[0]!]];
  for (const order of orders) {
    expect(order.reduce(evolve, stateAfter()).clocks).toMatchObject([{ state: 'met', dueAt: MONDAY, budget: '2d' }]);
  }
});
