import { describe, expect, test } from '@jest/globals';
import { packWith, shippedPack } from '#policy/testing';
import {
  acceptCase,
  acknowledgeCase,
  classifyCase,
  closeCase,
  notifyCustomer,
  receiveCase,
  resolveCase,
} from '../index.js';
import { Story, toldIn } from '../testing/index.js';

const disp = shippedPack('fca-disp');
/** Thursday before Easter 2026; Good Friday is 3 April, Easter Monday 6 April. */
const THURSDAY = '2026-04-02T13:00:00.000Z';
const received = (more: object = {}, when = THURSDAY, pack = disp): Story => {
  const story = new Story(pack);
  story.sends(receiveCase, { kind: 'complaint', channel: 'email', content: 'x', ...more } as never, when);
  return story;
};

describe('FCA DISP 1', () => {
  test('1.5.1: summary resolution by close of the third business day after receipt, bank holidays left out', () => {
    // Tuesday, Wednesday, Thursday; 17:00 in British Summer Time.
    received().expects('DISP-1.5.1', { dueAt: '2026-04-09T16:00:00.000Z' });
  });

  test('1.5.1: resolved in time it needs no acknowledgement; not resolved, it is acknowledged promptly', () => {
    const story = received();
    story.passes('2026-04-09T16:00:00.001Z').expects('DISP-1.5.1', { state: 'missed' });
    story.expects('DISP-1.6.1', { startsAt: '2026-04-09T16:00:00.000Z', dueAt: '2026-04-13T16:00:00.000Z' });
    const resolved = received();
    resolved.sends(acceptCase, {});
    resolved.sends(resolveCase, { outcome: 'remedied' }, '2026-04-09T16:00:00.000Z');
    resolved.expects('DISP-1.5.1', { state: 'met' });
  });

  test('1.6.2: a final response within eight weeks of receipt', () => {
    const story = received();
    story.expects('DISP-1.6.2', { budget: '56d', dueAt: '2026-05-28T13:00:00.000Z' });
    story.sends(acceptCase, {});
    story.sends(resolveCase, { outcome: 'explained' });
    story.sends(notifyCustomer, { channel: 'letter', inWriting: true, text: 'x' }, '2026-05-28T13:00:00.000Z');
    story.expects('DISP-1.6.2', { state: 'met' });
  });

  test('1.6.2A: payment services within 15 business days, 35 with a holding reply', () => {
    const story = received({ category: 'payment_services' });
    // Good Friday and Easter Monday are no business days.
    story.expects('DISP-1.6.2', { budget: '15bd@close', dueAt: '2026-04-27T16:00:00.000Z' });
    story.sends(classifyCase, { fields: { holding_reply: true } }, '2026-04-20T10:00:00.000Z');
    // The early May and the spring bank holiday, too.
    story.expects('DISP-1.6.2', { budget: '35bd@close', dueAt: '2026-05-27T16:00:00.000Z' });
  });

  test('1.6.1: what is not resolved in time is acknowledged in writing within two business days', () => {
    const story = received().passes('2026-04-09T16:00:00.001Z');
    story.sends(acknowledgeCase, { channel: 'letter' }, '2026-04-13T16:00:00.000Z');
    story.expects('DISP-1.6.1', { state: 'met' });
  });

  test('1.5.4, 1.6.2: nothing is closed without a summary resolution or final response in writing', () => {
    const story = received();
    story.sends(acceptCase, {});
    story.sends(resolveCase, { outcome: 'remedied' });
    story.sends(notifyCustomer, { channel: 'phone', inWriting: false, text: 'x' });
    expect(story.desk.send(closeCase, {})).toMatchObject({ code: 'FINAL_RESPONSE_MISSING' });
    story.sends(notifyCustomer, { channel: 'email', inWriting: true, text: 'x' });
    story.sends(closeCase, {});
  });

  test('1.3.7: a late final response is brought before the senior individual; a late summary resolution is not', () => {
    const story = received();
    const called = () => story.desk.events.flatMap((it) => (it.type === 'CaseEscalated' ? [it.data.recipients] : []));
    story.passes('2026-04-09T16:00:00.001Z').expects('DISP-1.5.1', { state: 'missed' });
    story.sends(acknowledgeCase, { channel: 'letter' });
    story.passes('2026-05-28T13:00:00.000Z');
    expect(called()).toEqual([]);
    story.passes('2026-05-28T13:00:00.001Z').expects('DISP-1.6.2', { state: 'missed' });
    expect(called()).toEqual([['owner', 'unit_head']]);
    story.passes('2026-06-01T00:00:00.000Z');
    expect(called().at(-1)).toEqual(['complaints_executive']);
  });

  test.each([
    ['budget: 3bd@close', 'budget: 2bd@close', 'DISP-1.5.1', {}, '2026-04-08T16:00:00.000Z'],
    ['budget: 56d', 'budget: 55d', 'DISP-1.6.2', {}, '2026-05-27T13:00:00.000Z'],
    [
      'budget: 15bd@close',
      'budget: 14bd@close',
      'DISP-1.6.2',
      { category: 'payment_services' },
      '2026-04-24T16:00:00.000Z',
    ],
  ])('the numbers are the pack’s: %s, or %s', (stated, other, clock, more, dueAt) => {
    const changed = received(more, THURSDAY, packWith('fca-disp', stated, other)).clock(clock);
    expect(changed.dueAt <= dueAt).toBe(true);
    expect(received(more).clock(clock).dueAt > dueAt).toBe(true);
  });
});

test('1.3.7: whom a late final response calls in is told; at half the time the owner and the head of the unit are warned', () => {
  const story = received().passes('2026-05-28T13:00:00.001Z');
  expect(toldIn(story)).toEqual(expect.arrayContaining(['E-1: recipients', 'K-7.warned: owner, unit_head']));
});
