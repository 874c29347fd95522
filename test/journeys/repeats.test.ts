import { afterEach, expect, test } from '@jest/globals';
import { Server, type Client } from './server.js';

const DAY = 24 * 3_600_000;
let server: Server;
afterEach(() => server.end());

const complaint = (n: number, more: object = {}) => ({
  complainant: { name: `业主${n}`, phone: `1380013800${n}` },
  fields: { project: 'JY-2' },
  ...more,
});

/** Waits until all that is in the log has been matched. */
async function matched({ admin }: Server): Promise<void> {
  for (;;) {
    const head = (await admin.get('/events?after=head')).body.next as string;
    await admin.get(`/counts?atLeast=${head}`);
    const { automations } = (await admin.get('/projections')).body;
    const repeats = automations.find(({ name }: { name: string }) => name === 'match-repeats');
    // What it found lies behind the head that was asked for: it is done when it adds nothing more.
    if (repeats.lagChanges === 0 && (await admin.get('/events?after=head')).body.next === head) return;
  }
}

const severitiesOf = async (desk: Client, ids: readonly string[]): Promise<string[]> =>
  Promise.all(ids.map(async (id) => (await desk.get(`/cases/${id}`)).body.severity as string));

async function closed(desk: Client, id: string): Promise<void> {
  await desk.command(id, 'accept');
  await desk.command(id, 'give-reply', { channel: 'phone', text: '明天来修' });
  await desk.command(id, 'resolve', { outcome: 'remedied', resolution: '修好了' });
  await desk.command(id, 'record-return-visit', { channel: 'phone', reached: true, satisfied: true });
  await desk.command(id, 'close');
}

test('S-1, S-3: the third complaint about one matter by a third person makes all three important, a closed one too', async () => {
  server = await Server.start();
  const { admin } = server;
  const first = await admin.receive(complaint(1));
  await closed(admin, first);
  await admin.post('/test-clock', { advanceMs: 15 * DAY });
  const second = await admin.receive(complaint(2));
  // The same person again, another project, another category: none of them is a third.
  await admin.receive(complaint(2, { complainant: { name: '业主2', phone: '+86 138-0013-8002' } }));
  await admin.receive(complaint(3, { fields: { project: 'JY-3' } }));
  await admin.receive(complaint(4, { category: 'other' }));
  await matched(server);
  expect(await severitiesOf(admin, [first, second])).toEqual(['general', 'general']);

  await admin.post('/test-clock', { advanceMs: 15 * DAY });
  const third = await admin.receive(complaint(5));
  await matched(server);
  expect(await severitiesOf(admin, [first, second, third])).toEqual(['important', 'important', 'important']);
  expect((await admin.get(`/cases/${first}`)).body.phase).toBe('closed');
  const { body } = await admin.get(`/cases/${third}/repeats`);
  expect(body.items).toMatchObject([
    {
      rule: 'S-1.same-matter',
      window: '1mo',
      complainants: 3,
      found: { actor: { role: 'engine' }, policy: { pack: 'group' } },
    },
  ]);
  expect(body.items[0].cases).toEqual(expect.arrayContaining([first, second]));

  // taken back, and with it what followed, on record.
  await admin.command(third, 'withdraw', { reasonCode: 'settled' });
  await matched(server);
  expect(await severitiesOf(admin, [first, second, third])).toEqual(['general', 'general', 'general']);
  expect((await admin.get(`/cases/${first}/repeats`)).body).toEqual({ items: [], dismissed: [] });
  const { items } = (await admin.get(`/cases/${first}/timeline`)).body;
  expect(items.map((it: { type: string }) => it.type)).toEqual(
    expect.arrayContaining(['RepeatFound', 'SeverityRaised', 'RepeatWithdrawn', 'SeverityLowered']),
  );
});

test('H-9, S-1: a second complaint after handling was finished is important; a restart finds nothing anew', async () => {
  server = await Server.start();
  const { admin } = server;
  const first = await admin.receive();
  await closed(admin, first);
  await admin.post('/test-clock', { advanceMs: 200 * DAY });
  const second = await admin.receive({ complainant: { name: '王芳', phone: '0086 138 0013 8000' } });
  await matched(server);
  expect(await severitiesOf(admin, [second])).toEqual(['important']);
  const head = (await admin.get('/events?after=head')).body.next;
  await server.stop();
  await server.run();
  await matched(server);
  expect((await admin.get('/events?after=head')).body.next).toBe(head);
  // a person who knows better says so, and no matching brings it back.
  await admin.command(second, 'dismiss-repeat', {
    rule: 'S-1.after-handling',
    otherCaseId: first,
    reasonCode: 'another_matter',
  });
  await matched(server);
  expect(await severitiesOf(admin, [first, second])).toEqual(['general', 'general']);
  expect((await admin.get(`/cases/${second}/repeats`)).body).toEqual({
    items: [],
    dismissed: [{ rule: 'S-1.after-handling', otherCaseId: first }],
  });
});

test('R-1, A-7: a pack that is published now compares by its own fields and window; a restart finds nothing anew', async () => {
  server = await Server.start();
  const { admin } = server;
  const { status, body } = await admin.get('/cases/00000000-0000-4000-8000-000000000000/repeats');
  expect([status, body.code]).toEqual([404, 'CASE_NOT_FOUND']);
  const group = (await admin.get('/policies/group/1?as=text')).body as string;
  const rule = /same: \[field.project, category\][^]*?distinctComplainants: true/;
  const text = group.replace('id: group', 'id: mine').replace(rule, 'same: [field.project]\n    window: 24h');
  expect((await admin.post('/policies', { text })).status).toBe(201);
  const mine = (n: number, more: object = {}) => admin.receive(complaint(n, { pack: 'mine', ...more }));
  const first = await mine(1);
  await admin.post('/test-clock', { advanceMs: DAY });
  const second = await mine(2, { category: 'other' });
  await admin.post('/test-clock', { advanceMs: DAY + 1 });
  const third = await mine(3);
  // By the rules of the group it is neither of them.
  const elsewhere = await admin.receive(complaint(4));
  await matched(server);
  const all = [first, second, third, elsewhere];
  expect(await severitiesOf(admin, all)).toEqual(['important', 'important', 'general', 'general']);
  const head = (await admin.get('/events?after=head')).body.next;
  await server.stop();
  await server.run();
  await matched(server);
  expect((await admin.get('/events?after=head')).body.next).toBe(head);
  expect(await severitiesOf(admin, all)).toEqual(['important', 'important', 'general', 'general']);
}, 120_000);
