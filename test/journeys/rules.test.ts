import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyChain } from '#audit';
import { shippedPacks } from '#policy';
import { Server } from './server.js';
import { readLog } from '../support/log.js';
import { partFromRebuild } from '../support/views.js';

const NEW_YEARS_EVE = '2026-12-31T01:00:00.000Z';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const GROUP = shippedPacks().find(({ fileName }) => fileName === 'packs/group.yaml')!.text;
const YEARS = {
  country: 'CN',
  source: 'State Council, notice of November 2026',
  years: { '2027': { holidays: ['01-01/01-03', '02-05/02-12'], workdays: ['01-31'] } },
};

let server: Server;
beforeAll(async () => {
  server = await Server.start({ REDRESS_TEST_CLOCK: NEW_YEARS_EVE });
});
afterAll(() => server.end());

const redress = (...words: string[]) => server.redress(...words);

interface Run {
  readonly clock: string;
  readonly dueAt: string;
  readonly provisionalYears?: readonly number[];
  readonly calendar?: { readonly version: string };
}

const runOf = async (caseId: string, clock: string): Promise<Run> =>
  ((await server.admin.get(`/cases/${caseId}`)).body.clocks as Run[]).find((it) => it.clock === clock)!;

async function moves(caseId: string): Promise<{ data: Record<string, unknown>; actor: { role: string } }[]> {
  const { body } = await server.admin.get(`/cases/${caseId}/timeline`);
  return body.items.filter(({ type }: { type: string }) => type === 'DeadlineMoved');
}

const head = async (): Promise<string> => (await server.admin.get('/events?after=head')).body.next as string;

/** Asks until the answer is as it should be; the server gets there by itself. */
async function until<T>(read: () => Promise<T>, holds: (it: T) => boolean): Promise<T> {
  for (;;) {
    const found = await read();
    if (holds(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('K-10 over HTTP: a deadline into a year that nobody has announced', () => {
  let caseId: string;

  test('is provisional and says so', async () => {
    // Three persons make it important, which is reported within a working day (K-4).
    caseId = await server.admin.receive({ persons: 3 });
    const run = await runOf(caseId, 'K-4.important');
    expect(run).toMatchObject({ dueAt: '2027-01-01T01:00:00.000Z', provisionalYears: [2027] });
    expect(run.calendar?.version).toContain('cn-2026');
    const { body } = await server.admin.get(`/deadlines?clock=K-4.important&atLeast=${await head()}`);
    expect(body.items).toMatchObject([{ caseId, provisional: true }]);
  });

  test('a calendar that is wrong is refused with every fault, by those who may publish none as well', async () => {
    const years = { '2027': { holidays: ['02-30', '12-30/01-02'], workdays: [] } };
    const wrong = await server.admin.post('/calendars', { ...YEARS, years });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'CALENDAR_WRONG']);
    expect(wrong.body.facts.faults).toEqual([
      { at: 'years.2027.holidays.0', reason: '2027-02-30 does not exist' },
      { at: 'years.2027.holidays.1', reason: expect.stringContaining('New Year') },
    ]);
    const agent = server.as((await server.admin.hire('李', 'agent')).key);
    expect((await agent.post('/calendars', YEARS)).status).toBe(403);
    for (const body of ['[]', '"x"', '{"years": 7}', '{"country":"CN","source":"x","years":{"2027":null}}']) {
      expect([body, (await server.admin.post('/calendars', body)).status]).toEqual([body, 422]);
    }
  });

  test('moves on record once the calendar is published, and its explanation names the version', async () => {
    const published = await server.admin.post('/calendars', YEARS, { 'idempotency-key': 'cn-2027' });
    expect([published.status, published.body]).toMatchObject([201, { calendar: 'cn-2027', years: ['2027'] }]);
    const [moved] = await until(
      () => moves(caseId),
      ({ length }) => length > 0,
    );
    expect(moved).toMatchObject({
      data: {
        clock: 'K-4.important',
        from: '2027-01-01T01:00:00.000Z',
        dueAt: '2027-01-04T01:00:00.000Z',
        reasonCode: 'CALENDAR_PUBLISHED',
        calendar: { version: expect.stringContaining('cn-2027') },
      },
      actor: { role: 'engine' },
    });
    const run = await runOf(caseId, 'K-4.important');
    expect(run).not.toHaveProperty('provisionalYears');
    expect(run.calendar?.version).toContain('cn-2027');
  });

  test('sent again it is recognised; told otherwise it is refused with what to do', async () => {
    const again = await server.admin.post('/calendars', YEARS, { 'idempotency-key': 'cn-2027' });
    expect([again.status, again.body.known]).toEqual([200, true]);
    const other = { ...YEARS, years: { '2027': { holidays: ['01-01'], workdays: [] } } };
    const refused = await server.admin.post('/calendars', other);
    expect([refused.status, refused.body.code]).toEqual([422, 'YEAR_PUBLISHED_DIFFERENTLY']);
    expect(refused.body.detail).toContain('corrects');
  });

  test('how far it is shows; a minute later it is looked through once more, and that is on record', async () => {
    const progress = async () => (await server.admin.get('/calendars')).body.items.at(-1);
    expect(await until(progress, ({ recomputing }) => recomputing?.state === 'checking')).toMatchObject({
      calendar: 'cn-2027',
      recomputing: { cases: 1, moved: 1, failed: 0 },
    });
    await server.admin.post('/test-clock', { advanceMs: MINUTE });
    await until(progress, ({ recomputing }) => recomputing === undefined);
    const { recorded } = await readLog(server.logFolder);
    expect(recorded.find(({ type }) => type === 'ProvisionalDeadlinesRecomputed')?.data).toEqual({
      calendar: 'cn-2027',
      cases: 1,
      moved: 1,
    });
  });

  test('a restart keeps it, and a rebuild from the log gives the same', async () => {
    const before = await runOf(caseId, 'K-4.important');
    await server.stop();
    await server.run();
    expect(await runOf(caseId, 'K-4.important')).toEqual(before);
    expect(await moves(caseId)).toHaveLength(1);
    expect((await server.admin.get(`/counts?atLeast=${await head()}`)).status).toBe(200);
    await server.stop();
    expect(await partFromRebuild(server.folder, server.stores)).toEqual([]);
    await server.run();
  });

  test('from the terminal: publish, list, and what is wrong', async () => {
    const file = join(server.folder, 'hk.yaml');
    writeFileSync(file, 'country: CN\nsource: x\nyears: { 2028: { holidays: [01-01, 02-31] } }\n');
    expect(await redress('calendar', 'publish', file)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/CALENDAR_WRONG[^]*years\.2028\.holidays\.1: 2028-02-31 does not exist/),
    });
    writeFileSync(file, 'country: CN\nsource: x\nyears: { 2028: { holidays: [01-01, 01-26/02-01] } }\n');
    expect((await redress('calendar', 'publish', file)).out).toContain('cn-2028 is published with 2028');
    expect((await redress('calendar', 'list')).out).toMatch(
      /cn-2026 .*from the beginning[^]*cn-2028 .*2004–2028.*since/,
    );
  });
});

describe('A-7 over HTTP: a new version of a pack', () => {
  const text = GROUP.replace("version: '1'", "version: '2'").replace('budget: 2d', 'budget: 1d');
  let old: string;
  let effectiveFrom: string;

  test('is announced, and rules from the end of the notice on whoever is received then', async () => {
    old = await server.admin.receive();
    const { status, body } = await server.admin.post('/policies', { text });
    effectiveFrom = body.effectiveFrom;
    expect([status, Date.parse(effectiveFrom) - Date.parse(NEW_YEARS_EVE)]).toEqual([201, 14 * DAY + MINUTE]);
    const packs = (await server.admin.get('/policies')).body.items.filter(
      (it: { pack: string }) => it.pack === 'group',
    );
    expect(packs).toMatchObject([
      { pack: 'group', byDefault: true, notice: '14d', versions: [{ state: 'in_force' }, { state: 'announced' }] },
    ]);
    await server.admin.post('/test-clock', { to: effectiveFrom });
    const fresh = await server.admin.receive();
    const versions = await Promise.all([old, fresh].map((id) => server.admin.get(`/cases/${id}/timeline`)));
    expect(versions.map(({ body: { items } }) => items[0].policy.version)).toEqual(['1', '2']);
    const budgetOf = async (id: string) => ((await runOf(id, 'K-1')) as Run & { budget: string }).budget;
    expect([await budgetOf(old), await budgetOf(fresh)]).toEqual(['2d', '1d']);
    expect((await server.admin.get('/policy')).body).toMatchObject({ pack: 'group', version: '2' });
  });

  test('an old case keeps its version until a recorded decision moves it', async () => {
    const kept = await server.admin.receive();
    await server.admin.command(kept, 'accept');
    const text3 = text.replace("version: '2'", "version: '3'").replace('budget: 1d', 'budget: 12h');
    const announced = await server.admin.post('/policies', { text: text3 });
    const early = await server.admin.post(`/cases/${kept}/move-to-policy`, { version: '3' });
    expect([early.status, early.body.code]).toEqual([422, 'NOT_IN_FORCE_YET']);
    const unknown = await server.admin.post(`/cases/${kept}/move-to-policy`, { version: '9' });
    expect([unknown.status, unknown.body.facts.known]).toEqual([422, ['1', '2', '3']]);
    await server.admin.post('/test-clock', { to: announced.body.effectiveFrom });
    const late = await server.admin.receive();
    await server.admin.command(late, 'move-to-policy', { version: '2', reason: '按旧规则处理' });
    const { items } = (await server.admin.get(`/cases/${late}/timeline`)).body;
    const at = items.findIndex(({ type }: { type: string }) => type === 'CaseMovedToPolicy');
    expect(items[at]).toMatchObject({ policy: { version: '3' }, personal: { reason: { value: '按旧规则处理' } } });
    expect(items[at + 1]).toMatchObject({
      type: 'DeadlineMoved',
      data: { clock: 'K-1', budget: '1d', reasonCode: 'POLICY_CHANGED' },
      policy: { version: '2' },
    });
  });

  test('what may not be published is refused with what may, and the log is unchanged', async () => {
    const { next } = (await server.admin.get('/events?after=head')).body;
    const wrong = await server.admin.post('/policies', { text: GROUP.replace('budget: 2d', 'budget: soon') });
    expect([wrong.status, wrong.body.facts.faults]).toEqual([
      422,
      [expect.stringMatching(/^pack.yaml:\d+:\d+ clocks\.0/)],
    ]);
    const other = await server.admin.post('/policies', { text: `${GROUP}# other\n` });
    expect([other.status, other.body.code]).toEqual([422, 'VERSION_PUBLISHED']);
    const text9 = GROUP.replace("version: '1'", "version: '9'");
    const soon = await server.admin.post('/policies', { text: text9, effectiveFrom: '2027-02-01T00:00:00Z' });
    expect([soon.status, soon.body.code, soon.body.facts.notice]).toEqual([422, 'NOTICE_TOO_SHORT', '14d']);
    expect((await server.admin.post('/policies', { text: GROUP })).body.known).toBe(true);
    expect((await server.admin.post('/policies', { text: 7 })).status).toBe(422);
    expect((await server.admin.get('/policies/group/77')).body.code).toBe('POLICY_NOT_FOUND');
    expect(
      (await server.admin.post('/cases', { kind: 'complaint', channel: 'phone', content: 'x', pack: 'no' })).body,
    ).toMatchObject({
      code: 'UNKNOWN_PACK',
      facts: { known: expect.arrayContaining(['group', 'dealer']) },
    });
    expect((await server.admin.get('/events?after=head')).body.next).toBe(next);
  });

  test('a version is read as it was written, and as JSON', async () => {
    expect((await server.admin.get('/policies/group/1?as=text')).body).toBe(GROUP);
    expect((await server.admin.get('/policies/group/2')).body).toMatchObject({
      state: 'replaced',
      content: { id: 'group', version: '2' },
    });
  });

  test('from the terminal: check, diff, publish, list', async () => {
    const file = join(server.folder, 'mine.yaml');
    writeFileSync(file, text.replace('id: group', 'id: mine'));
    expect(await redress('policy', 'check', file)).toMatchObject({
      code: 0,
      out: expect.stringContaining('pack mine'),
    });
    expect((await redress('policy', 'publish', file)).out).toContain('mine 2 is announced');
    expect((await redress('policy', 'diff', 'group@1', file)).out).toMatch(
      /version\n {2}1 → 2\nclocks\n {2}K-1 budget: 2d → 1d/,
    );
    expect((await redress('policy', 'list')).out).toMatch(/group .*of cases that name none[^]*1 {2}replaced[^]*mine/);
    writeFileSync(file, text.replace('budget: 1d', 'budget: soon'));
    expect(await redress('policy', 'check', file)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/mine\.yaml:\d+:\d+ clocks\.0\.budget: "soon" is no budget/),
    });
    const mine = await server.admin.receive({ pack: 'mine' });
    expect((await server.admin.get(`/cases/${mine}/timeline`)).body.items[0].policy).toEqual({
      pack: 'mine',
      version: '2',
    });
  });

  test('A-5: every chain of rules holds', async () => {
    await server.stop();
    const { events } = await readLog(server.logFolder);
    const streams = new Set(events.map(({ stream }) => stream));
    for (const stream of ['calendar-cn', 'policy-group', 'policy-mine', 'rulebook-streams']) {
      expect(streams).toContain(stream);
      expect(verifyChain(events.filter((event) => event.stream === stream)).faults).toEqual([]);
    }
  });
});
