import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, type Client } from './server.js';

const FILE = `zone: Asia/Shanghai
posts:
  - { post: unit_head, label: { zh: 部门负责人, en: Head of unit } }
  - { post: service_centre_head }
  - { post: company_leaders }
  - { post: group_leaders }
  - { post: first_responsible, label: { zh: 第一责任人 }, single: true, neededIn: all }
  - { post: liaison, single: true, neededIn: [property_company], inWriting: true }
units:
  - { unit: east, label: { zh: 东区, en: East }, parent: property, kind: branch }
  - { unit: property, label: { zh: 物业公司, en: Property }, kind: property_company, pack: group }
holders:
  - { post: unit_head, unit: east, person: 王芳, from: 2026-01-01, to: 2026-01-31 }
  - { post: unit_head, unit: east, person: 李强, from: 2026-02-01 }
  - { post: service_centre_head, person: 陈静, from: 2026-01-01 }
  - { post: company_leaders, person: 赵六 }
  - { post: group_leaders, person: 钱七 }
  - { post: first_responsible, unit: east, person: 王芳 }
  - { post: first_responsible, unit: east, person: 李强 }
  - { post: liaison, unit: nowhere, person: 王芳 }
absences:
  - { person: 李强, delegate: 孙八, from: 2026-02-10, to: 2026-02-20 }
`;

let server: Server;
let admin: Client;
let agent: { id: string; key: string };
let file: string;
let ids: Record<string, string>;

beforeAll(async () => {
  server = await Server.start();
  admin = server.admin;
  agent = await admin.hire('周九', 'agent');
  file = join(server.folder, 'organisation.yaml');
  writeFileSync(file, FILE);
});
afterAll(() => server.end());

const redress = (...words: string[]) => server.redress(...words);

const CALL = { kind: 'complaint', channel: 'phone', content: 'x' } as const;

/** A complaint of the unit east, taken in now. */
async function complaint(): Promise<string> {
  const desk = server.as(agent.key);
  const caseId = await desk.receive({ unit: 'east' });
  await desk.command(caseId, 'accept');
  await desk.command(caseId, 'assign', { unit: 'east', owner: agent.id });
  return caseId;
}

/** The events of one type that a case has, once there is one. */
async function eventsOf(caseId: string, type: string): Promise<{ data: Record<string, unknown> }[]> {
  for (;;) {
    const { body } = await admin.get(`/cases/${caseId}/timeline`);
    const found = body.items.filter((it: { type: string }) => it.type === type);
    if (found.length > 0) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
}

const recipientsOf = async (caseId: string): Promise<unknown> =>
  (await eventsOf(caseId, 'CaseEscalated'))[0]!.data['recipients'];

const moveTo = (to: string): Promise<unknown> => admin.post('/test-clock', { to });

test('O-1: a file is tried, imported with every row that is not taken named, and given again adds nothing', async () => {
  const tried = await redress('organisation', 'import', file, '--dry-run', '--create-people');
  expect(tried.out).toContain('15 rows would be recorded, 0 known already, 2 rejected; 6 people would be made');
  expect((await admin.get('/organisation')).body.units).toEqual([]);
  expect((await admin.get('/people')).body.items.map((it: { name: string }) => it.name)).not.toContain('王芳');

  const imported = await redress('organisation', 'import', file, '--create-people');
  expect(imported.code).toBe(2);
  expect(imported.out).toMatch(/line 19: POST_HELD[^]*line 20: UNKNOWN_UNIT[^]*allowed \["east","property"\]/);
  expect(imported.out).toContain('15 rows recorded, 0 known already, 2 rejected; 6 people made');
  const again = await redress('organisation', 'import', file);
  expect(again.out).toContain('0 rows recorded, 15 known already, 2 rejected; 0 people made');

  const people: { id: string; name: string }[] = (await admin.get('/people')).body.items;
  ids = Object.fromEntries(people.map(({ id, name }) => [name, id]));
});

test('O-1: the tree with its holders is asked for any day, and as it was known on any', async () => {
  const asked = (await admin.get('/organisation?at=2026-02-12T00:00:00Z')).body;
  expect(asked.units).toMatchObject([
    {
      unit: 'property',
      pack: 'group',
      children: [
        {
          unit: 'east',
          label: { zh: '东区' },
          pack: 'group',
          holders: [
            { post: 'first_responsible', name: '王芳' },
            { post: 'unit_head', name: '李强', standIn: { name: '孙八' } },
          ],
        },
      ],
    },
  ]);
  expect((await admin.get('/organisation?known=2026-01-01T00:00:00Z')).body.units).toEqual([]);
  expect((await redress('organisation', 'show')).out).toMatch(
    /property {2}物业公司[^]*east[^]*unit_head: 王芳 until 2026-01-31T16:00/,
  );
});

test('O-2: what must be held and is not is named, beside a server and without one', async () => {
  const { code, out } = await redress('organisation', 'check');
  expect([code, out.trim().split('\n')]).toEqual([
    2,
    [
      'NOBODY_HOLDS: nobody holds first_responsible in property',
      'NOBODY_HOLDS: nobody holds liaison in property',
      'PACK_POST_NOT_HELD: the pack names liaison, and nobody holds it',
    ],
  ]);
  await server.stop();
  expect((await redress('organisation', 'check')).out).toBe(out);
  await server.run();
});

test('O-2: a change of liaison is registered in writing, and read by who may', async () => {
  const place = { post: 'liaison', unit: 'property' };
  expect((await admin.post('/organisation/assign-post', { ...place, person: ids['王芳'] })).status).toBe(200);
  const change = { ...place, person: ids['李强'], change: true, from: '2026-01-06T00:00:00+08:00' };
  expect((await admin.post('/organisation/assign-post', change)).body).toMatchObject({
    status: 422,
    code: 'REASON_MISSING',
  });
  const key = { 'idempotency-key': 'change-1' };
  const sent = { ...change, reason: '王芳调往总部' };
  const first = await admin.post('/organisation/assign-post', sent, key);
  const second = await admin.post('/organisation/assign-post', sent, key);
  expect([first.status, second.headers.get('idempotency-replayed'), second.body]).toEqual([200, 'true', first.body]);
  const change1 = (await admin.get('/organisation/changes')).body.items.at(-1);
  expect(change1).toMatchObject({ type: 'PostAssigned', reason: '王芳调往总部', data: { inPlaceOf: [ids['王芳']] } });
});

test('O-1: only an administrator changes the organisation; bad input gets a clear problem', async () => {
  const desk = server.as(agent.key);
  const [forbidden, stranger, strange, nothing, text] = await Promise.all([
    desk.post('/organisation/define-unit', { unit: 'x' }),
    admin.post('/organisation/assign-post', { post: 'unit_head', person: 'nobody' }),
    admin.post('/organisation/define-unit', { unit: 'x', colour: 'red' }),
    admin.post('/organisation/destroy', {}),
    admin.post('/organisation/import', { text: '[', format: 'yaml' }),
  ]);
  expect([forbidden, stranger, strange, nothing, text].map(({ status, body }) => [status, body.code])).toEqual([
    [403, 'FORBIDDEN'],
    [404, 'PERSON_UNKNOWN'],
    [422, 'VALIDATION_FAILED'],
    [404, 'UNKNOWN_ROUTE'],
    [422, 'FILE_UNREADABLE'],
  ]);
  const unknown = await desk.post('/cases', { kind: 'complaint', channel: 'phone', content: 'x', unit: 'west' });
  expect([unknown.status, unknown.body.code, unknown.body.facts]).toEqual([
    422,
    'UNKNOWN_UNIT',
    { unit: 'west', allowed: ['east', 'property'] },
  ]);
});

test('O-1, A-7: a case is opened under the pack that its unit works under, and keeps it when it is transferred', async () => {
  const define = (body: object) => admin.post('/organisation/define-unit', body);
  const strange = await define({ unit: 'lab', pack: 'alchemy' });
  expect([strange.status, strange.body.code]).toEqual([422, 'UNKNOWN_PACK']);
  expect((await define({ unit: 'lab', pack: 'laboratory' })).status).toBe(200);
  const desk = server.as(agent.key);
  const packOf = async (caseId: string): Promise<unknown> => (await admin.get(`/cases/${caseId}`)).body.rules.pack;
  const [there, here] = [
    await desk.receive({ unit: 'lab', category: 'general_affairs' }),
    await desk.receive({ unit: 'east', category: 'engineering_quality' }),
  ];
  expect([await packOf(there), await packOf(here)]).toEqual(['laboratory', 'group']);
  const answers = await Promise.all([
    desk.post('/cases', { ...CALL, unit: 'lab', category: 'engineering_quality' }),
    desk.post('/cases', { ...CALL, unit: 'nowhere', category: 'test_data' }),
  ]);
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [422, 'UNKNOWN_CATEGORY'],
    [422, 'UNKNOWN_UNIT'],
  ]);
  const { position } = (await desk.command(there, 'transfer', { unit: 'east' })).body;
  expect(await packOf(there)).toBe('laboratory');
  // What was refused left nothing: the cases on the board are the two that were received.
  const { items } = (await admin.get(`/cases?atLeast=${position}`)).body;
  const packs = new Map(items.map((it: { caseId: string; policy: unknown }) => [it.caseId, it.policy]));
  expect(packs).toEqual(
    new Map([
      [there, { pack: 'laboratory', version: '1' }],
      [here, { pack: 'group', version: '1' }],
    ]),
  );
  for (const caseId of [there, here]) await desk.command(caseId, 'decline', { reasonCode: 'tried' });
});

test('O-3, E-1: the head of that day is called in, the delegate of an absent head instead, and the assessment names them', async () => {
  const january = await complaint();
  await moveTo('2026-01-08T01:00:00Z');
  expect(await recipientsOf(january)).toEqual([agent.id, ids['王芳']]);

  await moveTo('2026-02-03T01:00:00Z');
  const february = await complaint();
  await moveTo('2026-02-06T01:00:00Z');
  expect(await recipientsOf(february)).toEqual([agent.id, ids['李强']]);

  await moveTo('2026-02-10T01:00:00Z');
  const absence = await complaint();
  await moveTo('2026-02-13T01:00:00Z');
  expect(await recipientsOf(absence)).toEqual([agent.id, ids['孙八']]);

  await moveTo('2026-03-01T01:00:00Z');
  const late = await server.as(agent.key).command(absence, 'give-reply', { channel: 'phone', text: '抱歉' });
  const query = `from=2026-01-01T00:00:00Z&atLeast=${late.body.position}`;
  const { body } = await admin.get(`/assessment?${query}`);
  const unanswered = body.byDebtor.filter((it: { lapse: string }) => it.lapse === 'escalation_unanswered');
  const names = new Set(unanswered.map((it: { name: string }) => it.name));
  for (const name of ['王芳', '李强', '孙八', '陈静']) expect([...names]).toContain(name);
  const handling = { clock: 'K-1', lapse: 'late_handling' };
  expect(body.byDebtor).toContainEqual({
    owedBy: agent.id,
    name: '周九',
    is: 'person',
    missed: 3,
    doneLate: 1,
    ...handling,
  });
  expect(body.byDebtor).toContainEqual({ owedBy: 'east', is: 'unit', missed: 3, doneLate: 1, ...handling });
  expect(body.byUnit).toContainEqual({ unit: 'east', missed: 3, doneLate: 1, ...handling });
  const behind = (await admin.get(`/assessment?${query}&clock=K-1&owedBy=${agent.id}`)).body.items;
  expect(behind.map((it: { caseId: string }) => it.caseId)).toEqual([january, february, absence]);
  expect(behind[2].fulfilledAt).toBe('2026-03-01T01:00:00.000Z');
  expect((await admin.get('/assessment')).body.code).toBe('VALIDATION_FAILED');
});
