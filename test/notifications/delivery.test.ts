import { afterEach, describe, expect, test } from '@jest/globals';
import { reportUp } from '#cases';
import type { ShownNotice } from '../../apps/api/automations/notifications.js';
import { NotifyingDesk, until } from './desk.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let desk: NotifyingDesk;
afterEach(() => desk.end());

/** A case that was reported to the company's leaders: the least of which somebody is told. */
async function reported(): Promise<string> {
  const caseId = await desk.receive();
  await desk.send(caseId, reportUp, { to: 'company_leaders' });
  return caseId;
}

async function withLeader(): Promise<string> {
  desk = await NotifyingDesk.open();
  return desk.person('leader', { posts: ['company_leaders'], language: 'en' });
}

const facts = ({ id, causeId, messageId, state }: ShownNotice): unknown => ({ id, causeId, messageId, state });

describe('each cause has one row, and one mail', () => {
  test('whatever is started again, settled again or read again', async () => {
    await withLeader();
    const caseId = await reported();
    await desk.mails(1);
    const before = (await desk.notices()).map(facts);
    for (let round = 0; round < 3; round++) {
      await desk.settle(caseId);
      await desk.restart();
      await desk.quiet();
    }
    expect((await desk.notices()).map(facts)).toEqual(before);
    expect(desk.mailServer.mails).toHaveLength(1);
  });

  test('a log that is read again from its beginning makes no row twice', async () => {
    await withLeader();
    await reported();
    await reported();
    await desk.quiet();
    const before = (await desk.notices()).map(facts);
    await desk.rewind();
    await desk.quiet();
    expect((await desk.notices()).map(facts)).toEqual(before);
    expect(desk.mailServer.mails).toHaveLength(1);
  });

  test('what happened before there was an outbox is told to nobody', async () => {
    await withLeader();
    await desk.closeNotifications();
    await reported();
    await desk.loseOutbox();
    const caseId = await reported();
    const [mail] = await desk.mails(1);
    expect(await desk.notices()).toMatchObject([{ caseId, state: 'sent' }]);
    expect(mail!.text).toContain(caseId);
  });

  test('an outbox of another log, or ahead of its log, is refused at the start', async () => {
    await withLeader();
    await reported();
    await desk.mails(1);
    await desk.closeNotifications();
    desk.tamper("update followed set epoch = 'other'");
    await expect(desk.openNotifications()).rejects.toMatchObject({ code: 'OUTBOX_OF_ANOTHER_LOG' });
    await desk.loseOutbox();
    await desk.closeNotifications();
    desk.tamper("update followed set commit_position = '999999'");
    await expect(desk.openNotifications()).rejects.toThrow(/earlier backup/);
    await desk.loseOutbox();
  });
});

describe('at least once', () => {
  test('a server that was down gets the mail when it is back, under the Message-ID of the first try', async () => {
    await withLeader();
    await desk.mailServer.down();
    const caseId = await reported();
    await desk.quiet();
    const [waiting] = await desk.notices();
    expect(waiting).toMatchObject({ state: 'sealed', failures: 1, nextAttemptAt: '2026-01-05T01:01:00.000Z' });
    expect(waiting!.lastError).toMatch(/^E[A-Z]+/);
    desk.clock.advance(MINUTE);
    await desk.quiet();
    expect(await desk.notices()).toMatchObject([{ failures: 2, nextAttemptAt: '2026-01-05T01:03:00.000Z' }]);
    await desk.mailServer.up();
    desk.clock.advance(2 * MINUTE);
    const [mail] = await desk.mails(1);
    expect(mail).toMatchObject({ from: 'redress@example.org', to: ['leader@example.org'] });
    expect(mail!.messageId).toBe(`<${waiting!.messageId}@example.org>`);
    expect(mail!.headers.get('auto-submitted')).toBe('auto-generated');
    expect(await desk.notices()).toMatchObject([
      { caseId, state: 'sent', via: 'email', messageId: waiting!.messageId },
    ]);
  });

  test('what was sealed before a crash is sent by the next start', async () => {
    await withLeader();
    await desk.mailServer.down();
    await reported();
    await desk.quiet();
    await desk.closeNotifications();
    // As if the crash had come between sealing the message and adding its job.
    desk.tamper('delete from job');
    await desk.mailServer.up();
    await desk.openNotifications();
    desk.notifications.start();
    await desk.mails(1);
    expect(await desk.notices()).toMatchObject([{ state: 'sent' }]);
    expect(desk.mailServer.mails).toHaveLength(1);
  });

  test('a crash between what was marked as sent and the end of its job sends nothing again', async () => {
    await withLeader();
    await reported();
    await desk.mails(1);
    await desk.closeNotifications();
    desk.tamper("update job set state = 'waiting'");
    await desk.openNotifications();
    desk.notifications.start();
    await until(() => desk.jobsAre('done'));
    expect(desk.mailServer.mails).toHaveLength(1);
  });

  test('a crash right behind the last byte sends it twice, under the same Message-ID', async () => {
    await withLeader();
    await reported();
    await desk.mails(1);
    await desk.closeNotifications();
    desk.tamper("update notice set state = 'sealed', sent_at = null, via = null", "update job set state = 'waiting'");
    await desk.openNotifications();
    desk.notifications.start();
    await desk.mails(2);
    expect(new Set(desk.mailServer.mails.map(({ messageId }) => messageId)).size).toBe(1);
    expect(await desk.notices()).toMatchObject([{ state: 'sent' }]);
  });
});

describe('dead letters', () => {
  test('what is refused for a day is dead, is seen, and is sent when somebody has it tried again', async () => {
    await withLeader();
    desk.mailServer.refuseWith = { code: 550, text: 'leader@example.org is full' };
    await reported();
    for (let attempt = 1; attempt <= 12; attempt++) {
      await desk.quiet();
      desk.clock.advance(5 * 60 * MINUTE);
    }
    const [dead] = await desk.notices('dead');
    expect(dead).toMatchObject({ state: 'dead', failures: 12, lastError: expect.stringContaining('550') });
    expect(await desk.notifications.counts()).toMatchObject({ deadMessages: 1 });
    expect(desk.logged).toContainEqual(expect.objectContaining({ level: 50, messageId: dead!.messageId }));
    // What the server said names an address: it is nowhere.
    expect(desk.outboxText() + JSON.stringify(desk.logged)).not.toContain('is full');
    desk.clock.advance(10 * DAY);
    await desk.quiet();
    expect(desk.mailServer.mails).toEqual([]);
    desk.mailServer.refuseWith = undefined;
    expect(await desk.notifications.retry('nothing')).toMatchObject({ code: 'MESSAGE_UNKNOWN' });
    expect(await desk.notifications.retry()).toEqual({ retried: 1 });
    const [mail] = await desk.mails(1);
    expect(mail!.messageId).toBe(`<${dead!.messageId}@example.org>`);
    expect(await desk.notifications.retry(dead!.messageId)).toMatchObject({ code: 'MESSAGE_NOT_DEAD' });
    expect(await desk.notifications.counts()).toMatchObject({ deadMessages: 0 });
  });
});

describe('without a way by mail', () => {
  test('a post that nobody holds, and a person without an address: the log says so loudly', async () => {
    desk = await NotifyingDesk.open();
    const caseId = await reported();
    const silent = await desk.person('silent', { email: null });
    await desk.send(caseId, reportUp, { to: silent });
    await desk.quiet();
    expect(await desk.notices()).toMatchObject([
      { recipient: 'company_leaders', state: 'sent', via: 'log', fallback: 'NOBODY_HOLDS_POST' },
      { recipient: silent, state: 'sent', via: 'log', fallback: 'NO_ADDRESS' },
    ]);
    for (const recipient of ['company_leaders', silent]) {
      expect(desk.logged).toContainEqual(expect.objectContaining({ level: 50, recipient, caseIds: [caseId] }));
    }
  });

  test('without a mail server everything goes into the log', async () => {
    desk = await NotifyingDesk.open({ mail: false });
    await desk.person('leader', { posts: ['company_leaders'], language: 'en' });
    const caseId = await reported();
    await until(() => desk.logged.some(({ msg }) => msg === 'notification'));
    await desk.quiet();
    expect(desk.logged).toContainEqual(
      expect.objectContaining({
        level: 30,
        ...{ caseIds: [caseId], rules: ['K-4.reported'], fallback: 'NO_MAIL_SERVER' },
        subject: `Report: general complaint, case ${caseId}`,
      }),
    );
    expect(desk.mailServer.mails).toEqual([]);
  });
});
