import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Server } from './server.js';

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.end());

/** Asks until the automation, which follows the log, has done its part. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

test('H-7: a work contact sheet is a case of its own, tracked to completion; H-8: until then the asking case stays open', async () => {
  const { admin } = server;
  const caseId = await admin.receive();
  await admin.command(caseId, 'accept');
  const { body } = await admin.command(caseId, 'request-sheet', { kind: 'work_sheet', unit: 'design', text: '请改图' });
  const { sheetId } = body.result;
  await until(async () => (await admin.get(`/cases/${sheetId}`)).status === 200);
  const { body: sheet } = await admin.get(`/cases/${sheetId}`);
  expect(sheet).toMatchObject({ kind: 'work_sheet', unit: 'design', openedFrom: { caseId } });
  // The words stay in the case that asked, where an erasure reaches them.
  expect(JSON.stringify(sheet)).not.toContain('请改图');
  expect(sheet.clocks).toMatchObject([{ clock: 'H-7.sheet', state: 'running' }]);
  await admin.command(caseId, 'resolve', { outcome: 'remedied' });
  await admin.command(caseId, 'record-return-visit', { channel: 'phone', reached: true });
  const early = await admin.post(`/cases/${caseId}/close`, {});
  expect([early.status, early.body.code]).toEqual([409, 'SHEET_OPEN']);
  // A restart in between opens nothing twice.
  await server.stop();
  await server.run();
  await admin.command(sheetId, 'accept');
  await admin.command(sheetId, 'resolve', { outcome: 'remedied' });
  await admin.command(sheetId, 'close');
  await until(async () => (await admin.get(`/cases/${caseId}`)).body.sheets[0].state === 'done');
  await admin.command(caseId, 'close');
  expect((await admin.get('/cases?kind=work_sheet')).body.items).toHaveLength(1);
});
