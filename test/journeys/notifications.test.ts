import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { MailServer, type ReceivedMail } from '#notifications/testing';
import { Server } from './server.js';

const PUBLIC_URL = 'https://complaints.example.org';
const HOUR = 3_600_000;
let mailServer: MailServer;
let server: Server;
beforeAll(async () => void (mailServer = await MailServer.start()));
afterAll(() => mailServer.down());
beforeEach(async () => {
  mailServer.mails.length = 0;
  server = await Server.start({
    REDRESS_SMTP_URL: mailServer.url,
    REDRESS_MAIL_FROM: 'Redress <redress@example.org>',
    REDRESS_PUBLIC_URL: `${PUBLIC_URL}/`,
  });
});
afterEach(() => server.end());

async function headOfCentre(): Promise<string> {
  const { id, key } = await server.admin.hire('head', 'supervisor');
  const contact = { email: 'head@example.org', language: 'en', timeZone: 'Asia/Shanghai' };
  expect((await server.admin.send('PATCH', `/people/${id}`, contact)).status).toBe(200);
  for (const post of ['service_centre_head', 'unit_head']) {
    expect((await server.admin.post('/posts', { post, personIds: [id] })).status).toBe(200);
  }
  return key;
}

async function mail(matches: (mail: ReceivedMail) => boolean): Promise<ReceivedMail> {
  const lastMs = performance.now() + 30_000;
  for (;;) {
    const found = mailServer.mails.find(matches);
    if (found) return found;
    if (performance.now() > lastMs) throw new Error(`no such mail; the engine said ${server.log.slice(-3000)}`);
    await turn();
  }
}

const toHead = (it: ReceivedMail): boolean => it.to.includes('head@example.org');

async function told(): Promise<{ rule: string; state: string; causeId: string; recipient: string }[]> {
  return (await server.admin.get('/notifications')).body.items;
}

async function untilTold(holds: (items: Awaited<ReturnType<typeof told>>) => boolean): Promise<void> {
  const lastMs = performance.now() + 30_000;
  while (!holds(await told())) {
    if (performance.now() > lastMs) throw new Error(JSON.stringify(await told()));
  }
}

async function untilNothingIsRebuilt(): Promise<void> {
  for (;;) {
    const { items } = (await server.admin.get('/projections')).body as { items: { rebuilding?: unknown }[] };
    if (items.every(({ rebuilding }) => rebuilding === undefined)) return;
  }
}

const ofHead = (state: string) => (items: Awaited<ReturnType<typeof told>>) =>
  items.some((it) => it.rule === 'E-1.major' && it.state === state);

const redress = async (...words: string[]): Promise<string> => (await server.redress(...words)).out;

test('K-4: a media exposure calls in the head of the centre by mail, who acknowledges behind its link', async () => {
  const head = server.as(await headOfCentre());
  const caseId = await server.admin.receive({ circumstances: ['media'] });
  const { subject, text, from, headers } = await mail(toHead);
  expect(subject).toBe(`Please acknowledge: escalation of level 1, case ${caseId}`);
  expect([from, headers.get('from')]).toEqual(['redress@example.org', 'Redress <redress@example.org>']);
  expect(text).toContain('(major complaint) was escalated to level 1 on 2026-01-05 09:00 (GMT+8)');
  expect(text).toContain(`${PUBLIC_URL}/#/cases/${caseId}`);
  expect(text).not.toMatch(/漏水|王芳/);
  const { body: shown } = await head.get(`/cases/${caseId}`);
  await head.command(caseId, 'acknowledge-escalation', { escalationId: shown.escalations[0].escalationId });
  await untilTold(ofHead('sent'));
  expect((await server.admin.get(`/notifications?caseId=${caseId}&state=sent`)).body).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ rule: 'E-1.major', via: 'email', channel: 'email' })]),
    counts: { deadMessages: 0, waiting: 0 },
  });
});

test('E-1: a deadline that the timer finds missed is escalated by mail when the office is open', async () => {
  await headOfCentre();
  const caseId = await server.admin.receive();
  await server.admin.post('/test-clock', { advanceMs: 48 * HOUR + 1 });
  const { subject } = await mail(toHead);
  expect(subject).toBe(`Please acknowledge: escalation of level 1, case ${caseId}`);
});

describe('each cause has one row, whatever crashes', () => {
  test('killed while the mail server had not answered: it is sent again under the same Message-ID', async () => {
    await headOfCentre();
    mailServer.silent = true;
    await server.admin.receive({ circumstances: ['media'] });
    const first = await mail(toHead);
    await server.kill();
    mailServer.silent = false;
    mailServer.mails.length = 0;
    await server.run();
    expect((await mail(toHead)).messageId).toBe(first.messageId);
    await untilTold(ofHead('sent'));
    expect((await told()).filter(({ rule }) => rule === 'E-1.major')).toHaveLength(1);
  });

  test('killed while the mail server was down: it arrives once, after both are back; a rebuild sends nothing', async () => {
    await headOfCentre();
    await mailServer.down();
    await server.admin.receive({ circumstances: ['media'] });
    await untilTold(ofHead('sealed'));
    await server.kill();
    await mailServer.up();
    await server.run();
    await server.admin.post('/test-clock', { advanceMs: 60_000 });
    await untilTold(ofHead('sent'));
    const before = await told();
    for (const { name } of (await server.admin.get('/projections')).body.items) {
      await server.admin.post(`/projections/${name}/rebuild`);
    }
    await untilNothingIsRebuilt();
    await server.stop();
    await server.run();
    expect(await told()).toEqual(before);
    expect(mailServer.mails.filter(toHead)).toHaveLength(1);
  });
});

describe('who may see and do what', () => {
  test('notifications are for supervisors, auditors and administrators, addresses for who manages people', async () => {
    await headOfCentre();
    const [agent, auditor] = [await server.admin.hire('li', 'agent'), await server.admin.hire('zhao', 'auditor')];
    expect((await server.as(agent.key).get('/notifications')).body.code).toBe('FORBIDDEN');
    expect((await server.as(auditor.key).get('/notifications')).status).toBe(200);
    expect((await server.as(auditor.key).post('/notifications/retry')).body.code).toBe('FORBIDDEN');
    const emails = (body: { items: { email?: string }[] }) => body.items.flatMap(({ email }) => email ?? []);
    expect(emails((await server.admin.get('/people')).body)).toEqual(['head@example.org']);
    expect(emails((await server.as(agent.key).get('/people')).body)).toEqual([]);
    expect((await server.as(agent.key).send('PATCH', `/people/${agent.id}`, { email: null })).status).toBe(403);
    expect((await server.as(agent.key).post('/posts', { post: 'x', personIds: [] })).status).toBe(403);
  });

  test('what is wrong with a contact, a post or a retry is said', async () => {
    const { id } = await server.admin.hire('li', 'agent');
    const wrong: object[] = [
      { email: 'nobody' },
      { language: 'fr' },
      { timeZone: 'Mars/Olympus' },
      { name: null },
      { x: 1 },
    ];
    for (const body of wrong) {
      const { status, body: said } = await server.admin.send('PATCH', `/people/${id}`, body);
      expect([body, status, said.code]).toEqual([body, 422, 'VALIDATION_FAILED']);
    }
    const unknown = await server.admin.send('PATCH', '/people/nobody', { language: 'zh' });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'PERSON_UNKNOWN']);
    const post = await server.admin.post('/posts', { post: 'head', personIds: ['nobody'] });
    expect([post.status, post.body.code]).toEqual([404, 'PERSON_UNKNOWN']);
    expect((await server.admin.post('/posts', { post: ' ', personIds: [] })).status).toBe(422);
    const retry = await server.admin.post('/notifications/retry', { messageId: 'none' });
    expect([retry.status, retry.body.code]).toEqual([404, 'MESSAGE_UNKNOWN']);
    expect((await server.admin.get('/notifications?state=lost')).status).toBe(422);
    const job = await server.admin.post('/jobs/retry', { id: 'none' });
    expect([job.status, job.body.code]).toEqual([404, 'JOB_UNKNOWN']);
    expect((await server.admin.get('/jobs?state=lost')).status).toBe(422);
    expect((await server.admin.send('PATCH', `/people/${id}`, { email: 'li@example.org' })).body).toMatchObject({
      ...{ id, name: 'li', email: 'li@example.org' },
    });
    expect((await server.admin.send('PATCH', `/people/${id}`, { email: null })).body).not.toHaveProperty('email');
  });
});

test('redress notifications shows who was told of what, and tries again what is dead', async () => {
  const caseId = await server.admin.receive({ circumstances: ['litigation'] });
  await untilTold(ofHead('sent'));
  const shown = await redress('notifications', '--state', 'sent');
  expect(shown).toMatch(new RegExp(`E-1.major  ${caseId}  service_centre_head  email → log \\(NOBODY_HOLDS_POST\\)`));
  expect(await redress('notifications', '--retry')).toBe('0 messages are tried again.\n');
  expect(await redress('jobs', 'list', '--state', 'done')).toMatch(/^\S+ {2}notifications {2}done {2}\S+$/m);
  await server.stop();
  expect(await redress('notifications', '--state', 'sent')).toBe(shown);
  expect(await redress('notifications', '--retry', 'none')).toContain('MESSAGE_UNKNOWN');
}, 120_000);
