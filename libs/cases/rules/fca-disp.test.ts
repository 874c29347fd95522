import { describe, test } from '@jest/globals';
import { shippedPack } from '#policy/testing';
import { acceptCase, classifyCase, notifyCustomer, receiveCase, resolveCase } from '../index.js';
import { Story } from '../testing/index.js';

const disp = shippedPack('fca-disp');
/** Thursday before Easter 2026; Good Friday is 3 April, Easter Monday 6 April. */
const THURSDAY = '2026-04-02T13:00:00.000Z';
const received = (more: object = {}, when = THURSDAY): Story => {
  const story = new Story(disp);
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
});
