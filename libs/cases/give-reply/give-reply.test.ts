import { test } from '@jest/globals';
import { given, received, recused } from '../testing/index.js';
import { receiveCase } from '../receive-case/index.js';
import { giveReply } from './index.js';

const complaint = () => given().when(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x' }).and();
const reply = { channel: 'phone', text: 'We will look at it today.' } as const;

test('K-1: a reply within two days meets the clock', () => {
  complaint()
    .at('2026-01-06T01:00:00.000Z')
    .when(giveReply, reply)
    .gives(['ReplyGiven'], ['DeadlineMet', { clock: 'K-1', run: 1, metAt: '2026-01-06T01:00:00.000Z' }]);
});

test('K-8: at the due instant itself is in time, a millisecond later is not', () => {
  complaint().at('2026-01-07T01:00:00.000Z').when(giveReply, reply).gives(['ReplyGiven'], ['DeadlineMet']);
  complaint()
    .at('2026-01-07T01:00:00.001Z')
    .when(giveReply, reply)
    .gives(
      ['DeadlineMissed', { clock: 'K-1' }, '2026-01-07T01:00:00.000Z'],
      ['ReplyGiven'],
      ['DeadlineFulfilledLate', { clock: 'K-1', doneAt: '2026-01-07T01:00:00.001Z' }],
    );
});

test('K-8, EVENTS 16: a reply given in time but entered late corrects the verdict, naming its cause', () => {
  complaint()
    .at('2026-01-09T00:00:00.000Z')
    .when(giveReply, { ...reply, occurredAt: '2026-01-06T00:00:00.000Z' })
    .gives(
      ['DeadlineMissed', {}, '2026-01-07T01:00:00.000Z'],
      ['ReplyGiven', {}, '2026-01-06T00:00:00.000Z'],
      ['VerdictCorrected', { from: 'missed', to: 'met', cause: 'event-3', metAt: '2026-01-06T00:00:00.000Z' }],
    );
});

test('K-8: a late reply that is entered late leaves the verdict; that it was given is on record', () => {
  complaint()
    .at('2026-01-09T00:00:00.000Z')
    .when(giveReply, { ...reply, occurredAt: '2026-01-08T00:00:00.000Z' })
    .gives(['DeadlineMissed'], ['ReplyGiven'], ['DeadlineFulfilledLate', { doneAt: '2026-01-08T00:00:00.000Z' }]);
});

test('K-7: a clock is met once per run', () => {
  complaint().when(giveReply, reply).and().when(giveReply, reply).gives(['ReplyGiven']);
});

test('EVENTS 7: a text mentions the complainant, whom the command names instead, or nobody', () => {
  given(received())
    .when(giveReply, reply)
    .sealed({ text: { keyId: 'key-1', mentions: ['anna'] } });
  given(received())
    .when(giveReply, { ...reply, mentions: [] })
    .sealed({ text: { mentions: [] } });
  given(received())
    .when(giveReply, { ...reply, mentions: ['bo'] })
    .refused('UNKNOWN_PARTY', { partyId: 'bo' });
});

test('H-2: who is recused takes no part', () => {
  given(received(), recused('li')).when(giveReply, reply).refused('HANDLER_RECUSED');
});
