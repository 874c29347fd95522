import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Server } from './server.js';

const WORDS = ['欧阳修远', '13912345678', 'secret-plate-沪A12345', '楼上的邻居', 'holiday-photo', 'REF-9981-X'];
let server: Server;
let caseId: string;

beforeAll(async () => {
  server = await Server.start();
  const { admin } = server;
  caseId = await admin.receive({
    subject: WORDS[2],
    content: `${WORDS[0]}说：${WORDS[3]}`,
    complainant: { name: WORDS[0], phone: WORDS[1] },
    externalReference: WORDS[5],
  });
  await admin.command(caseId, 'accept');
  await admin.command(caseId, 'add-note', { text: `打给 ${WORDS[1]}` });
  await admin.send('POST', `/cases/${caseId}/attachments?fileName=${WORDS[4]}.png`, `bytes of ${WORDS[0]}`, {
    'content-type': 'image/png',
  });
  // Refused and failed requests, too, must leave no word behind.
  await admin.post(`/cases/${caseId}/resolve`, { outcome: WORDS[0] });
  await admin.get(`/cases?text=${encodeURIComponent(WORDS[0]!)}&nothing=${WORDS[4]}`);
  await admin.get(`/${WORDS[4]}`);
  await server.stop();
  await server.run();
});
afterAll(() => server.end());

const found = (text: Buffer | string): string[] => WORDS.filter((word) => text.includes(word));

test('EVENTS 9: whoever reads the raw log or the attachments sees no personal word', () => {
  const files = readdirSync(server.folder, { recursive: true })
    .map((name) => join(server.folder, String(name)))
    .filter((file) => statSync(file).isFile() && !/views\.db|control\.db/.test(file));
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect([file, found(readFileSync(file))]).toEqual([file, []]);
});

test('EVENTS 9: the server’s log and its metrics carry ids and codes only', async () => {
  expect(server.log).toContain('"route":"/cases/:id/resolve"');
  expect(found(server.log)).toEqual([]);
  expect(found((await server.admin.get('/metrics')).body)).toEqual([]);
});

test('EVENTS 9: the feed withholds personal parts unless somebody who may asks for them', async () => {
  const closed = await server.admin.get('/events');
  expect(found(JSON.stringify(closed.body))).toEqual([]);
  const open = await server.admin.get('/events?open=true');
  expect(found(JSON.stringify(open.body))).toEqual(WORDS);
  const service = server.as((await server.admin.hire('portal', 'service')).key);
  for (const path of [`/cases/${caseId}`, `/cases/${caseId}/timeline`, '/cases', '/events']) {
    expect([path, found(JSON.stringify((await service.get(path)).body))]).toEqual([path, []]);
  }
});

test('what was attached comes back as it was, as a file that no browser runs', async () => {
  const { attachments } = (await server.admin.get(`/cases/${caseId}`)).body;
  expect(attachments).toMatchObject([{ fileName: { value: 'holiday-photo.png' }, mediaType: 'image/png' }]);
  const file = await server.admin.get(`/cases/${caseId}/attachments/${attachments[0].attachmentId}`);
  expect(file.body).toBe(`bytes of ${WORDS[0]}`);
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="holiday-photo.png"/);
  expect(file.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await server.admin.get(`/cases/${caseId}/attachments/none`)).body.code).toBe('ATTACHMENT_NOT_FOUND');
});

test('section 12: a form is printed as it was filled, each correction as a version; personal words by role only', async () => {
  const path = `/cases/${caseId}/forms/satisfaction_survey`;
  const empty = await server.admin.get(`${path}?lang=en`);
  expect([empty.status, empty.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(empty.body).toContain('Not filled yet');
  const values = { result_score: 2, service_score: 3, words: `<b>${WORDS[3]}</b>` };
  await server.admin.command(caseId, 'fill-form', { form: 'satisfaction_survey', values });
  const corrected = { ...values, result_score: 4 };
  await server.admin.command(caseId, 'fill-form', { form: 'satisfaction_survey', values: corrected });
  const english = (await server.admin.get(path, { 'accept-language': 'en' })).body as string;
  expect(english).toContain('Version 2 of 2');
  expect(english).toContain(`&lt;b&gt;${WORDS[3]}&lt;/b&gt;`);
  const first = (await server.admin.get(`${path}?lang=zh&version=1`, { 'accept-language': 'en' })).body as string;
  expect(first).toContain('第 1 版，共 2 版');
  expect(first).toContain('>2</td>');
  const service = server.as((await server.admin.hire('kiosk', 'service')).key);
  const closed = (await service.get(`${path}?lang=en`)).body as string;
  expect(found(closed)).toEqual([]);
  expect(closed).toContain('withheld');
  expect((await server.nobody.get(path)).status).toBe(401);
  for (const missing of [`/cases/${caseId}/forms/none`, `${path}?version=3`]) {
    const { status, body } = await server.admin.get(missing);
    expect([status, body.code]).toEqual([404, 'FORM_NOT_FOUND']);
  }
});
