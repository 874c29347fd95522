import { afterEach, describe, expect, test } from '@jest/globals';
import { acknowledgeEscalation, assignCase, classifyCase, escalateCase, giveReply, reportUp } from '#cases';
import { plusMs } from '#kernel';
import { HOUR, MONDAY, NotifyingDesk } from './desk.js';

const MINUTE = 60_000;
const FRIDAY_EVENING = '2026-01-09T12:00:00.000Z';
const NEXT_MONDAY = '2026-01-12T01:00:00.000Z';

let desk: NotifyingDesk;
afterEach(() => desk.end());

const subjects = (): string[] => desk.mailServer.mails.map(({ subject }) => subject);

describe('EVENTS 15: after downtime only the highest level reached is notified; the others are on record', () => {
  test('three levels of a chain that came due while nobody ran', async () => {
    desk = await NotifyingDesk.open();
    for (const post of ['service_centre_head', 'company_leaders', 'group_leaders']) {
      await desk.person(post, { posts: [post], language: 'en' });
    }
    await desk.closeNotifications();
    const caseId = await desk.receive({ circumstances: ['litigation'] });
    desk.clock.advance(5 * 24 * HOUR);
    await desk.settle(caseId);
    await desk.openNotifications();
    desk.notifications.start();
    await desk.quiet();
    const major = (await desk.notices()).filter(({ rule }) => rule === 'E-1.major');
    expect(major.map(({ facts, state }) => [facts.level, state])).toEqual([
      [1, 'superseded'],
      [2, 'superseded'],
      [3, 'sent'],
    ]);
    expect(subjects()).toEqual([`Please acknowledge: escalation of level 3, case ${caseId}`]);
  });

  test('without downtime every level is told when it is reached', async () => {
    desk = await NotifyingDesk.open();
    const caseId = await desk.receive({ circumstances: ['litigation'] });
    for (const level of [1, 2, 3]) {
      await desk.quiet();
      const told = (await desk.notices()).filter(({ rule, state }) => rule === 'E-1.major' && state === 'sent');
      expect(told.map(({ facts }) => facts.level)).toEqual([1, 2, 3].slice(0, level));
      desk.clock.advance((level === 1 ? 2 : 24) * HOUR + 1);
      await desk.settle(caseId);
    }
  });
});

describe('EVENTS 16: what was withdrawn before it was sent is not sent', () => {
  test('an escalation whose deadline turns out to have been met in time, and one that was acknowledged', async () => {
    desk = await NotifyingDesk.open({ at: plusMs(FRIDAY_EVENING, -48 * HOUR) });
    const caseId = await desk.receive();
    await desk.send(caseId, assignCase, { unit: 'engineering', owner: 'owner' });
    desk.clock.moveTo(plusMs(FRIDAY_EVENING, 1));
    await desk.settle(caseId);
    await desk.quiet();
    const calledIn = (await desk.notices('waiting')).filter(({ rule }) => rule === 'E-1.other');
    expect(calledIn.map(({ recipient, dueAt }) => [recipient, dueAt]).sort()).toEqual([
      ['owner', NEXT_MONDAY],
      ['unit_head', NEXT_MONDAY],
    ]);
    const repliedAt = plusMs(FRIDAY_EVENING, -40 * HOUR);
    await desk.send(caseId, giveReply, { channel: 'phone', text: '已答复', occurredAt: repliedAt });
    expect(await desk.events(caseId)).toContain('EscalationWithdrawn');
    await desk.send(caseId, escalateCase, { reasonCode: 'too_hard', recipients: ['head'] });
    const escalationId = await escalationOf(caseId);
    await desk.send(caseId, acknowledgeEscalation, { escalationId });
    desk.clock.moveTo(NEXT_MONDAY);
    const told = await desk.told();
    expect(told.filter(([rule]) => rule === 'E-1.other')).toEqual([
      ['E-1.other', 'head', 'withdrawn'],
      ['E-1.other', 'owner', 'withdrawn'],
      ['E-1.other', 'unit_head', 'withdrawn'],
    ]);
  });

  test('nothing is unsent: what went out before stays as it is', async () => {
    desk = await NotifyingDesk.open();
    const head = await desk.person('head', { posts: ['service_centre_head'] });
    const caseId = await desk.receive({ circumstances: ['media'] });
    await desk.mails(1);
    await desk.send(caseId, classifyCase, { circumstances: [] });
    expect(await desk.events(caseId)).toContain('EscalationWithdrawn');
    expect(await desk.told()).toContainEqual(['E-1.major', head, 'sent']);
    expect(desk.mailServer.mails).toHaveLength(1);
  });
});

describe('quiet hours by the calendar of the pack', () => {
  test('what is not urgent waits over the weekend and is sent when the office opens, to the millisecond', async () => {
    desk = await NotifyingDesk.open({ at: FRIDAY_EVENING });
    const head = await desk.person('head', { language: 'en' });
    const caseId = await desk.receive();
    await desk.send(caseId, escalateCase, { reasonCode: 'too_hard', recipients: [head] });
    await desk.quiet();
    expect((await desk.notices())[0]).toMatchObject({ state: 'waiting', dueAt: NEXT_MONDAY });
    desk.clock.moveTo(plusMs(NEXT_MONDAY, -1));
    await desk.quiet();
    expect(subjects()).toEqual([]);
    desk.clock.advance(1);
    await desk.mails(1);
    expect(subjects()).toEqual([`Please acknowledge: escalation of level 1, case ${caseId}`]);
  });

  test('what became due in the night while the server was away waits for the morning too', async () => {
    desk = await NotifyingDesk.open({ at: plusMs(MONDAY, HOUR) });
    await desk.closeNotifications();
    const caseId = await desk.receive();
    await desk.send(caseId, escalateCase, { reasonCode: 'too_hard', recipients: ['somebody'] });
    desk.clock.moveTo(FRIDAY_EVENING);
    await desk.openNotifications();
    desk.notifications.start();
    await desk.quiet();
    expect(await desk.notices()).toMatchObject([{ state: 'waiting', dueAt: NEXT_MONDAY }]);
  });
});

describe('E-1: never floods', () => {
  test('what comes within a quarter of an hour of a message goes out together behind it', async () => {
    desk = await NotifyingDesk.open();
    const leader = await desk.person('leader', { posts: ['company_leaders'], language: 'en' });
    const report = async (): Promise<string> => {
      const caseId = await desk.receive();
      await desk.send(caseId, reportUp, { to: 'company_leaders' });
      return caseId;
    };
    const first = await report();
    await desk.mails(1);
    desk.clock.advance(MINUTE);
    const more: string[] = [];
    for (let count = 0; count < 20; count++) more.push(await report());
    await desk.quiet();
    desk.clock.advance(14 * MINUTE - 1);
    await desk.quiet();
    expect(subjects()).toEqual([`Report: general complaint, case ${first}`]);
    desk.clock.advance(1);
    const [, digest] = await desk.mails(2);
    expect(digest!.subject).toBe('Redress: 20 notices');
    for (const caseId of more) expect(digest!.text).toContain(`/#/cases/${caseId}\n`);
    expect(await desk.told()).toEqual(Array.from({ length: 21 }, () => ['K-4.reported', leader, 'sent']));
  });

  test('an urgent message does not wait behind one that is not', async () => {
    desk = await NotifyingDesk.open();
    await desk.person('head', { posts: ['service_centre_head'], language: 'en' });
    const caseId = await desk.receive();
    await desk.send(caseId, escalateCase, { reasonCode: 'too_hard', recipients: ['service_centre_head'] });
    await desk.mails(1);
    const major = await desk.receive({ circumstances: ['media'] });
    await desk.mails(2);
    expect(subjects()[1]).toContain(major);
  });

  test('two rules that would tell somebody of the same event make one notice', async () => {
    desk = await NotifyingDesk.open();
    const both = await desk.person('both', { posts: ['li', 'company_leaders'] });
    const caseId = await desk.receive();
    await desk.send(caseId, escalateCase, { reasonCode: 'too_hard', recipients: ['li', 'company_leaders', both] });
    await desk.mails(1);
    expect(await desk.told()).toEqual([['E-1.other', both, 'sent']]);
  });
});

async function escalationOf(caseId: string): Promise<string> {
  return (await desk.state(caseId)).escalations.at(-1)!.escalationId;
}
