import { afterEach, describe, expect, test } from '@jest/globals';
import { acceptCase, assignCase, importHistory, makePromise, reportUp, type ImportHistory } from '#cases';
import { plusMs } from '#kernel';
import { groupWith, HOUR, MONDAY, NotifyingDesk, PUBLIC_URL } from './desk.js';

let desk: NotifyingDesk;
afterEach(() => desk.end());

test('I-12: when the call centre passes a complaint on, the customer relations manager is told at once', async () => {
  const policy = groupWith(`
    - id: I-12
      on: [{ event: CaseReceived, when: case.channel == "group_call_centre" }]
      to: [customer_relations_manager]
      template: reported
      urgent: true
      source: 'I-12 [D]'
`);
  desk = await NotifyingDesk.open({ policy, at: '2026-01-10T15:00:00.000Z' });
  const manager = await desk.person('manager', { posts: ['customer_relations_manager'], language: 'en' });
  await desk.receive();
  const caseId = await desk.receive({ channel: 'group_call_centre', category: 'engineering_quality' });
  const [mail] = await desk.mails(1);
  expect(await desk.told()).toEqual([['I-12', manager, 'sent']]);
  expect(mail).toMatchObject({ to: ['manager@example.org'], subject: `Report: general complaint, case ${caseId}` });
  expect(mail!.text).toBe(
    `Case ${caseId} (general complaint, Engineering quality) is reported to you, on 2026-01-10 23:00 (GMT+8).\n` +
      `${PUBLIC_URL}/#/cases/${caseId}\n`,
  );
});

test('K-7: at three quarters of the time its owner is warned, in their language and zone', async () => {
  desk = await NotifyingDesk.open();
  const owner = await desk.person('owner', { language: 'zh', timeZone: 'Europe/Berlin' });
  const caseId = await desk.receive();
  await desk.send(caseId, assignCase, { unit: 'engineering', owner });
  desk.clock.advance(36 * HOUR + 1);
  await desk.settle(caseId);
  await desk.quiet();
  // Nine in the evening in Shanghai: both warnings wait for the morning, and go out together.
  expect(desk.mailServer.mails).toEqual([]);
  desk.clock.moveTo('2026-01-07T01:00:00.000Z');
  const [mail] = await desk.mails(1);
  expect(mail!.subject).toBe('Redress：2 条通知');
  const link = `${PUBLIC_URL}/#/cases/${caseId}`;
  expect(mail!.text).toBe(
    `Redress：2 条通知\n- 即将超时：首次答复，案件 ${caseId}\n  ${link}\n- 即将超时：处理方案，案件 ${caseId}\n  ${link}\n`,
  );
  expect(await desk.told()).toEqual([
    ['K-7.warned', owner, 'sent'],
    ['K-7.warned', owner, 'sent'],
  ]);
});

test('K-7: a warning by itself says clock, percent and due instant as the reader sees them', async () => {
  desk = await NotifyingDesk.open();
  const owner = await desk.person('owner', { language: 'zh', timeZone: 'Europe/Berlin' });
  const caseId = await desk.receive({ answeredAtOnce: true });
  await desk.send(caseId, assignCase, { unit: 'engineering', owner });
  await desk.send(caseId, makePromise, { dueAt: plusMs(MONDAY, 4 * HOUR), text: '下午回电话' });
  desk.clock.advance(3 * HOUR + 1);
  await desk.settle(caseId);
  const [mail] = await desk.mails(1);
  expect(mail!.subject).toBe(`即将超时：承诺，案件 ${caseId}`);
  expect(mail!.text).toContain('“承诺”时限已用去 75%，到期时间 2026-01-05 06:00 (GMT+1)');
});

describe('K-4: reporting up', () => {
  test('who took in a major complaint is told to report it, those above are called in at once, also at night', async () => {
    desk = await NotifyingDesk.open({ at: '2026-01-10T15:00:00.000Z' });
    const head = await desk.person('head', { posts: ['service_centre_head'], language: 'en' });
    const receiver = await desk.person('li', { posts: ['li'] });
    const caseId = await desk.receive({ circumstances: ['media'] });
    await desk.mails(2);
    expect(await desk.told()).toEqual(
      [
        ['E-1.major', head, 'sent'],
        ['K-4.duty', receiver, 'sent'],
      ].sort(),
    );
    const toHead = desk.mailServer.mails.find(({ to }) => to[0] === 'head@example.org')!;
    expect(toHead.subject).toBe(`Please acknowledge: escalation of level 1, case ${caseId}`);
  });

  test('to whom it is reported learns of it; a person without a language reads both', async () => {
    desk = await NotifyingDesk.open();
    const leader = await desk.person('leader', { posts: ['company_leaders'] });
    const caseId = await desk.receive({ persons: 3 });
    await desk.send(caseId, reportUp, { to: 'company_leaders' });
    const [mail] = await desk.mails(1);
    expect((await desk.told()).filter(([, recipient]) => recipient === leader)).toEqual([
      ['K-4.reported', leader, 'sent'],
    ]);
    expect(mail!.subject).toBe(`报备：重要投诉，案件 ${caseId} / Report: important complaint, case ${caseId}`);
  });
});

test('E-1: when a deadline is missed, those whom the chain calls in are told; each holder of a post once', async () => {
  desk = await NotifyingDesk.open();
  const [owner, head] = [await desk.person('owner'), await desk.person('head', { posts: ['unit_head'] })];
  const caseId = await desk.receive();
  await desk.send(caseId, assignCase, { unit: 'engineering', owner });
  desk.clock.advance(48 * HOUR + 1);
  await desk.settle(caseId);
  await desk.mails(2);
  // K-1 and the plan are missed together; the chain is called in once, and warnings of what is missed are overtaken.
  expect(await desk.told()).toEqual(
    [
      ['E-1.other', owner, 'sent'],
      ['E-1.other', head, 'sent'],
      ['K-7.warned', owner, 'superseded'],
      ['K-7.warned', owner, 'superseded'],
    ].sort(),
  );
});

describe('EVENTS 18: imported history', () => {
  test('sends nothing before the take-over; from it on the case lives as any other', async () => {
    desk = await NotifyingDesk.open();
    const caseId = await desk.receive();
    const past: ImportHistory = {
      ...{ sourceKey: 'INC-1', source: 'incident-log', mapping: 'incident-log@1', kind: 'complaint', channel: 'phone' },
      ...{ persons: 12, circumstances: ['media'], openedAt: '2020-03-01T08:00:00.000Z', takenOverAt: MONDAY },
      entries: [{ at: '2020-03-01T08:00:00.000Z', phase: 'handling' }],
    };
    const importedId = '00000000-0000-4000-8000-000000000001';
    await desk.send(importedId, importHistory, past, { create: true, actor: { id: 'admin', role: 'administrator' } });
    expect(await desk.events(importedId)).toContain('SeverityRaised');
    expect(await desk.told()).toEqual([]);
    await desk.send(importedId, reportUp, { to: 'company_leaders' });
    await desk.send(caseId, acceptCase, {});
    expect(await desk.told()).toEqual([['K-4.reported', 'company_leaders', 'sent']]);
  });
});

test('EVENTS 9: neither outbox nor jobs nor mails nor log carry a personal word or an address they need not', async () => {
  desk = await NotifyingDesk.open();
  await desk.person('head', { posts: ['service_centre_head'] });
  await desk.receive({
    ...{ content: '厨房漏水三天', subject: '漏水', complainant: { name: '王芳', phone: '13800138000' } },
    ...{ circumstances: ['media'], externalReference: 'CRM-4711' },
  });
  const [mail] = await desk.mails(1);
  const everywhere = [desk.outboxText(), JSON.stringify(desk.logged), mail!.subject, mail!.text].join();
  for (const word of ['漏水', '王芳', '13800138000', 'CRM-4711']) expect(everywhere).not.toContain(word);
  expect(desk.outboxText() + JSON.stringify(desk.logged)).not.toContain('example.org');
  expect(desk.outboxText()).toContain('K-4.duty');
});
