import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Server, type Client } from './server.js';

const HOUR_MS = 3_600_000;
let server: Server;
let admin: Client;
beforeAll(async () => {
  server = await Server.start();
  ({ admin } = server);
});
afterAll(() => server.end());

const advance = (hours: number): Promise<unknown> => admin.post('/test-clock', { advanceMs: hours * HOUR_MS });
const shown = async (caseId: string) => (await admin.get(`/cases/${caseId}`)).body;
/** Each clock with the state of its last run. */
async function clocks(caseId: string): Promise<Record<string, string>> {
  const { clocks: runs } = await shown(caseId);
  return Object.fromEntries(runs.map((it: { clock: string; state: string }) => [it.clock, it.state]));
}
async function refusal(caseId: string, name: string, body: object = {}, by: Client = admin): Promise<[number, string]> {
  const answer = await by.post(`/cases/${caseId}/${name}`, body);
  return [answer.status, answer.body.code];
}

describe('the group’s own procedure, from intake to archive', () => {
  test('a media exposure is major: reported at once, passed up when nobody acknowledges, led to the archive', async () => {
    const caseId = await admin.receive({ circumstances: ['media'] });
    expect(await shown(caseId)).toMatchObject({
      severity: 'major',
      grounds: [{ rule: 'S-1.media', source: 'S-1 [G]' }],
    });
    await admin.command(caseId, 'report-up', { to: 'company_leaders', duty: 'K-4.major', text: '已报' });
    expect(await clocks(caseId)).toMatchObject({ 'K-4.major': 'met', 'K-4.major-progress': 'running' });
    await advance(3);
    const { escalations } = await shown(caseId);
    expect(escalations.map((it: { level: number; state: string }) => [it.level, it.state])).toEqual([
      [1, 'passed_up'],
      [2, 'open'],
    ]);
    await admin.command(caseId, 'acknowledge-escalation', { escalationId: escalations[1].escalationId });
    await admin.command(caseId, 'accept');
    await admin.command(caseId, 'give-reply', { channel: 'phone', text: '马上处理' });
    const { body } = await admin.command(caseId, 'propose-plan', { measures: '更换水管' });
    expect(await clocks(caseId)).toMatchObject({ 'K-1': 'met', 'K-2.plan': 'met', 'K-2.progress': 'running' });
    await admin.command(caseId, 'accept-plan', { planId: body.result.planId, by: 'customer' });
    await advance(24);
    await admin.command(caseId, 'report-progress', { toCustomer: true, text: '已更换' });
    await admin.command(caseId, 'resolve', { outcome: 'remedied' });
    expect(await refusal(caseId, 'close')).toEqual([409, 'RETURN_VISIT_MISSING']);
    await admin.command(caseId, 'record-return-visit', { channel: 'phone', reached: true, satisfied: true });
    await admin.command(caseId, 'close');
    expect(await refusal(caseId, 'archive', { year: 2026 })).toEqual([409, 'ANALYSIS_MISSING']);
    await admin.command(caseId, 'analyse-causes', { causes: '老化', improvements: '定期检查' });
    await admin.command(caseId, 'archive', { year: 2026 });
    expect(await shown(caseId)).toMatchObject({ phase: 'archived', analysed: true });
  });
});

describe('the dealer’s own procedure', () => {
  const record = {
    pack: 'dealer',
    channel: 'walk_in',
    category: 'workshop',
    fields: { model: 'X3', plate: '沪A12345', manufacturer: 'maker_a' },
  };

  test('a blocked door: those who must know are told at once or within 24 hours, the one complained about is refused', async () => {
    const sun = await admin.hire('孙前台', 'agent');
    const caseId = await admin.receive({
      ...record,
      circumstances: ['door_blocked'],
      firstReceiver: sun.id,
      against: [sun.id],
    });
    expect(await shown(caseId)).toMatchObject({ severity: 'major', recused: [sun.id] });
    expect(await refusal(caseId, 'accept', {}, server.as(sun.key))).toEqual([403, 'HANDLER_RECUSED']);
    for (const duty of ['K-4.department-head', 'K-4.general-manager', 'K-4.brand-division', 'K-4.legal']) {
      await admin.command(caseId, 'report-up', { to: duty, duty, text: 'x' });
    }
    expect(await clocks(caseId)).toMatchObject({
      'K-4.department-head': 'met',
      'K-4.general-manager': 'met',
      'K-4.brand-division': 'met',
      'K-4.legal': 'met',
      'K-4.operations-vp': 'running',
      'K-4.manufacturer': 'running',
    });
    await advance(13);
    // The maker's own rule gives it twelve hours; who received the customer should have seen to the rest.
    expect(await clocks(caseId)).toMatchObject({ 'K-4.manufacturer': 'missed', 'K-4.operations-vp': 'missed' });
    await admin.command(caseId, 'verify-identity', { result: 'verified' });
    await admin.command(caseId, 'accept');
    await admin.command(caseId, 'resolve', { outcome: 'settled' });
    await admin.command(caseId, 'record-return-visit', { channel: 'phone', reached: true });
    // A result ends what was called in.
    await admin.command(caseId, 'close');
  });

  test('without the plate the record is not complete', async () => {
    const caseId = await admin.receive({ ...record, fields: { model: 'X3' } });
    expect(await refusal(caseId, 'accept')).toEqual([409, 'INTAKE_INCOMPLETE']);
    await admin.command(caseId, 'amend-intake', { fields: { plate: '沪A12345' } });
    await admin.command(caseId, 'accept');
  });
});

describe('the laboratory’s own procedure', () => {
  const appeal = (received: string) => ({
    pack: 'laboratory',
    channel: 'letter',
    category: 'test_data',
    fields: { in_writing: true, report: 'R-17', report_received_on: received, grounds: '不符', evidence: '附件' },
  });
  const today = async (): Promise<Date> => new Date((await admin.get('/clock')).body.now);
  const daysAgo = async (days: number): Promise<string> =>
    new Date((await today()).getTime() + 8 * HOUR_MS - days * 24 * HOUR_MS).toISOString().slice(0, 10);

  test('an appeal on the eleventh day is declined, on the tenth it is taken', async () => {
    expect(await shown(await admin.receive(appeal(await daysAgo(11))))).toMatchObject({
      phase: 'declined',
      reasonCode: 'APPEAL_TOO_LATE',
    });
    expect((await shown(await admin.receive(appeal(await daysAgo(10))))).phase).toBe('received');
  });

  test('a wrong report: two people and a blind code, recalled, marked, told in writing, the opinion asked', async () => {
    const [head, signatory, second] = [
      await admin.hire('钱质量', 'supervisor'),
      await admin.hire('孙签字', 'supervisor'),
      await admin.hire('周检测', 'agent'),
    ];
    const origin = (await admin.get('/clock')).body.now;
    for (const [post, personId] of [
      ['quality_head', head.id],
      ['authorised_signatory', signatory.id],
    ]) {
      await admin.post('/organisation/define-post', { post });
      const assigned = await admin.post('/organisation/assign-post', { post, person: personId, from: origin });
      expect([post, assigned.status]).toEqual([post, 200]);
    }
    const caseId = await admin.receive(appeal(await daysAgo(3)));
    await admin.command(caseId, 'accept');
    await admin.command(caseId, 'record-investigation', { justification: 'justified' });
    const step = (body: object, by: Client = admin) => by.command(caseId, 'complete-required-step', body);
    expect(await refusal(caseId, 'complete-required-step', { step: 'preliminary_opinion' })).toEqual([
      403,
      'POST_NEEDED',
    ]);
    await step({ step: 'preliminary_opinion' }, server.as(head.key));
    const values = { blind_code: 'B-17', sample: 'original', retest_result: 'wrong' };
    expect((await refusal(caseId, 'complete-required-step', { step: 'retest', values }))[1]).toBe(
      'SECOND_PERSON_NEEDED',
    );
    await step({ step: 'retest', secondPerson: second.id, values });
    expect((await refusal(caseId, 'resolve', { outcome: 'remedied' }))[1]).toBe('STEP_OPEN');
    await step({ step: 'correction_approved' }, server.as(signatory.key));
    await step({ step: 'report_recalled' });
    await step({ step: 'report_voided' });
    await step({ step: 'corrected_report_issued', values: { corrected_report: 'R-17-C', marked: true } });
    await admin.command(caseId, 'resolve', { outcome: 'remedied' });
    await admin.command(caseId, 'notify-customer', { channel: 'letter', inWriting: true, text: '更正报告' });
    expect(await clocks(caseId)).toMatchObject({ 'K-6': 'met', 'H-6': 'running' });
    expect((await refusal(caseId, 'close'))[1]).toBe('OPINION_MISSING');
    await admin.command(caseId, 'fill-form', { form: 'opinion', values: { satisfied: true, opinion: '可以' } });
    await admin.command(caseId, 'close');
    await admin.command(caseId, 'archive', { year: 2026 });
    expect((await shown(caseId)).forms).toMatchObject([{ form: 'opinion', words: { value: { opinion: '可以' } } }]);
  });
});
