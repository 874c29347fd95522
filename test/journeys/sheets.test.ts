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

test('H-7: nonconforming work of a laboratory is tracked by the rules of the laboratory', async () => {
  const { admin } = server;
  const caseId = await admin.receive({ pack: 'laboratory', category: 'general_affairs' });
  await admin.command(caseId, 'accept');
  const asked = { kind: 'nonconformity', unit: 'sampling', text: '采样记录缺失' };
  const { sheetId } = (await admin.command(caseId, 'request-sheet', asked)).body.result;
  await until(async () => (await admin.get(`/cases/${sheetId}`)).status === 200);
  const { body: sheet } = await admin.get(`/cases/${sheetId}`);
  expect(sheet.clocks).toMatchObject([{ clock: 'H-7.nonconformity', budget: '10bd' }]);
});

test('E-2: an incident gathers its cases under one head; the other one knows it, and no case has two', async () => {
  const { admin } = server;
  const [head, first, second, other] = await Promise.all(
    [1, 2, 3, 4].map(() => admin.receive({ pack: 'crm', category: 'product' })),
  );
  const linksOf = async (id: string | undefined): Promise<unknown[]> =>
    (await admin.get(`/cases/${id}`)).body.links.map((it: { relation: string; otherCaseId: string }) => [
      it.relation,
      it.otherCaseId,
    ]);
  // From either side: the head gathers, a case is put under it.
  await admin.command(head!, 'link', { otherCaseId: first, relation: 'head_case' });
  const { body } = await admin.command(second!, 'link', { otherCaseId: head, relation: 'part_of' });
  await until(async () => (await linksOf(head)).length === 2 && (await linksOf(first)).length === 1);
  expect(await linksOf(head)).toEqual([
    ['head_case', first],
    ['head_case', second],
  ]);
  expect(await linksOf(first)).toEqual([['part_of', head]]);
  // Another head that claims it gets it not: its claim is taken back, on record.
  await admin.command(other!, 'link', { otherCaseId: first, relation: 'head_case' });
  await until(async () => (await linksOf(other)).length === 0);
  expect(await linksOf(first)).toEqual([['part_of', head]]);
  await admin.command(second!, 'unlink', { linkId: body.result.linkId, reasonCode: 'another_cause' });
  await until(async () => (await linksOf(head)).length === 1);
  const plan = { measures: '停用', responsible: '值班经理', informing: '短信' };
  await admin.command(head!, 'fill-form', { form: 'emergency_plan', values: plan });
  expect((await admin.get(`/cases/${head}`)).body.forms).toMatchObject([{ words: { value: plan } }]);
});
