import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { readLog } from '../support/log.js';
import { planted, wordsIn } from '../support/words.js';
import { ADMIN_KEY, Server } from './server.js';

const HEADER =
  'case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,closure_reason,case_title,reason,type,queue,department,location,neighborhood,source';
const BROKEN_LINE = 5;
/** Who the files tell of, and are called after. */
const NAME = planted('Mrs-Smith');
/** Processes start, and the machine may have other things to do. */
const TIMEOUT_MS = 240_000;

/** Invented requests as the Boston mapping reads them, with one row among them that cannot be taken. */
function requests(first: number, count: number): string {
  const rows = Array.from({ length: count }, (_, at) => {
    const told = ['', `Lamp ${first + at} of ${NAME}`, 'Lights', 'Lamp', 'Q', 'PWD', 'Elm St', 'North', 'Self Service'];
    return [first + at, '2024-03-04 08:00:00', '2024-03-04 20:00:00', '', 'OVERDUE', 'Open', ...told].join(',');
  });
  rows.splice(BROKEN_LINE - 2, 0, `half a row of ${NAME}`);
  return `${[HEADER, ...rows].join('\n')}\n`;
}

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly done: number;
  readonly imported: number;
  readonly known: number;
  readonly refused: number;
  readonly rejectedRows: number;
}

let server: Server;
beforeAll(async () => void (server = await Server.start()), TIMEOUT_MS);
afterAll(() => server.end());

async function handOver(
  file: string | Buffer,
  more: object = { what: 'cases', mapping: 'boston-311' },
): Promise<Shown> {
  const begun = await server.admin.post('/imports', { fileName: `${NAME}.csv`, ...more });
  expect([begun.status, begun.body.state]).toEqual([201, 'awaiting_input']);
  const { status, body } = await put(begun.body.id as string, file);
  expect(status).toBe(202);
  return body as Shown;
}

async function put(id: string, file: string | Buffer) {
  const response = await fetch(`${server.url}/imports/${id}/file`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(Buffer.from(file)),
  });
  return { status: response.status, body: (await response.json()) as Shown & { code?: string } };
}

/** As soon as the import is as far as that. */
async function reached(id: string, isFar: (shown: Shown) => boolean): Promise<Shown> {
  for (;;) {
    const { body } = await server.admin.get(`/imports/${id}`);
    if (isFar(body as Shown)) return body as Shown;
    await pause(20);
  }
}
const over = ({ state }: Shown): boolean => state === 'done' || state === 'failed';

describe('issue 11.4: an import is handed over and worked on as a job', () => {
  test('a gzip file, worked on to its end: counts, report with line and reason, the job in the ledger; again, all is known', async () => {
    const { id, state } = await handOver(gzipSync(requests(1, 150)));
    expect(['waiting', 'running', 'done']).toContain(state);
    const done = await reached(id, over);
    expect(done).toMatchObject({
      ...{ state: 'done', done: 1, imported: 150, known: 0, refused: 0, rejectedRows: 1 },
      ...{ fileName: `${NAME}.csv`, byCode: { COLUMNS_DIFFER: 1 }, failure: null },
    });
    const report = await server.admin.get(`/imports/${id}/report`);
    expect(report.body).toMatch(new RegExp(`^line,code,reason,key\\r\\n${BROKEN_LINE},COLUMNS_DIFFER,[^\\r]+\\r\\n$`));
    const jobs = await server.admin.get('/jobs?queue=imports');
    expect(jobs.body.items).toMatchObject([{ id, state: 'done', failures: 0 }]);
    const again = await reached((await handOver(requests(1, 150))).id, over);
    expect(again).toMatchObject({ imported: 0, known: 150, rejectedRows: 1 });
    // The test clock stands still: both were handed over at the same instant.
    const listed = (await server.admin.get('/imports')).body.items as readonly Shown[];
    expect(new Set(listed.map((it) => it.id))).toEqual(new Set([id, again.id]));
  });

  test('customers and a mapping of one’s own come the same way', async () => {
    const text = 'key,name,phone,tier\nK-1,孙丽,13600000001,important\nK-2,钱进,,gold\n';
    const { id } = await handOver(text, { what: 'customers' });
    expect(await reached(id, over)).toMatchObject({ state: 'done', imported: 1, rejectedRows: 1 });
    expect((await server.admin.get(`/imports/${id}/report`)).body).toContain('3,UNKNOWN_TIER,');
    const mappingText = [
      'source: desk\nversion: 1\nformat: csv\ncaseKey: { columns: [no], rows: one }',
      'dates: { formats: [yyyy-MM-dd], zone: Asia/Shanghai }',
      'fields: { kind: { constant: complaint }, channel: { constant: phone }, subject: topic }',
      'openedAt: opened\nentries: [{ at: opened, state: state }]\nstates: { New: received }',
    ].join('\n');
    const own = await handOver('no,topic,opened,state\nA,门,2024-03-01,New\n', { what: 'cases', mappingText });
    expect(await reached(own.id, over)).toMatchObject({ state: 'done', imported: 1, mapping: 'own' });
  });

  test(
    'redress import --hand-over gives the file away and watches; redress imports shows what became of it',
    async () => {
      const file = join(server.folder, 'given.csv');
      writeFileSync(file, requests(30_000, 20));
      const report = join(server.folder, 'given.report.csv');
      const ran = await server.redress(
        ...['import', file, '--mapping', 'boston-311', '--hand-over', '--report', report],
      );
      expect(ran.out).toContain('20 cases imported, 0 known already, 0 refused; 1 rows rejected');
      expect(readFileSync(report, 'utf8')).toContain(`\r\n${BROKEN_LINE},COLUMNS_DIFFER,`);
      const listed = await server.redress('imports', 'list');
      expect(listed.out).toMatch(/cases {2}done 100 % {2}20 imported, 0 known, 0 refused, 1 rows rejected/);
    },
    TIMEOUT_MS,
  );

  test(
    'what cannot be read fails with the reason, waits for a person, and is tried again by the ledger of jobs',
    async () => {
      const { id } = await handOver('nothing,of,that\n1,2,3\n');
      expect(await reached(id, over)).toMatchObject({
        ...{ state: 'failed', imported: 0 },
        failure: { code: 'FILE_UNREADABLE', detail: expect.stringContaining('case_enquiry_id') },
      });
      expect((await server.redress('jobs', 'list', '--queue', 'imports', '--state', 'dead')).out).toContain(id);
      expect((await server.redress('jobs', 'retry', id)).out).toContain('1 jobs are tried again');
      await reached(id, over);
      const cancelled = await server.admin.post(`/imports/${id}/cancel`);
      expect([cancelled.status, cancelled.body.state]).toEqual([200, 'cancelled']);
      expect((await server.admin.post(`/imports/${id}/cancel`)).body.code).toBe('IMPORT_OVER');
    },
    TIMEOUT_MS,
  );

  test('wrong orders are refused and nothing is kept of them', async () => {
    const begin = (body: object) => server.admin.post('/imports', { fileName: 'x.csv', ...body });
    const codes = [
      await begin({ what: 'cases', mapping: '../../package.json' }),
      await begin({ what: 'cases', mappingText: 'source: [' }),
      await begin({ what: 'cases' }),
      await begin({ what: 'moons' }),
      await server.admin.get('/imports/nothing'),
      await server.admin.get('/imports/nothing/report'),
    ].map(({ status, body }) => `${status} ${body.code}`);
    expect(codes).toEqual([
      ...['422 MAPPING_INVALID', '422 MAPPING_INVALID', '422 VALIDATION_FAILED', '422 VALIDATION_FAILED'],
      ...['404 IMPORT_NOT_FOUND', '404 IMPORT_NOT_FOUND'],
    ]);
    expect((await put('nothing', 'x')).body.code).toBe('IMPORT_NOT_FOUND');
    const agent = await server.admin.hire('Zhao', 'agent');
    expect((await server.as(agent.key).post('/imports', {})).body.code).toBe('FORBIDDEN');
    const { id } = await handOver(requests(1, 1));
    await reached(id, over);
    expect((await put(id, requests(1, 1))).body.code).toBe('IMPORT_HAS_FILE');
  });

  test(
    'killed in the middle, it goes on where it stood: every case once, and counted as this import’s',
    async () => {
      const { id } = await handOver(requests(10_000, 500));
      await reached(id, ({ imported }) => imported > 0);
      await server.kill();
      await server.run();
      const done = await reached(id, over);
      expect(done).toMatchObject({ state: 'done', imported: 500, known: 0, refused: 0, rejectedRows: 1 });
      const report = await server.admin.get(`/imports/${id}/report`);
      expect((report.body as string).match(/\r\n\d/g)).toHaveLength(1);
      const { recorded } = await readLog(server.logFolder);
      const first = recorded.filter(({ revision, meta }) => revision === 0 && meta.correlationId === `import-${id}`);
      expect(first).toHaveLength(500);
    },
    TIMEOUT_MS,
  );

  test(
    'cancelled in the middle it ends where it stands, and what is on record stays',
    async () => {
      const { id } = await handOver(requests(20_000, 900));
      await reached(id, ({ imported }) => imported > 0);
      const { body } = await server.admin.post(`/imports/${id}/cancel`);
      expect(body.state).toBe('cancelled');
      await reached(id, () => true);
      const jobDone = async (): Promise<boolean> =>
        (await server.admin.get('/jobs?queue=imports&state=waiting')).body.items.length === 0;
      while (!(await jobDone())) await pause(20);
      const { body: left } = await server.admin.get(`/imports/${id}`);
      expect(left.state).toBe('cancelled');
      expect(left.imported).toBeGreaterThan(0);
      expect(left.imported).toBeLessThan(900);
    },
    TIMEOUT_MS,
  );

  test('EVENTS 9: nothing personal of a file stands in the ledger or the log of the process', async () => {
    expect(wordsIn(server.folder, [NAME], (file) => file.startsWith('outbox'))).toEqual([]);
    expect(server.log).not.toContain('Mrs-Smith');
  });
});
