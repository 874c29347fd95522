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
/** Puts somebody who answers for a post of a pack on record, from now on. */
async function holds(post: string, name: string): Promise<Client> {
  const { id, key } = await admin.hire(name, 'supervisor');
  const from = (await admin.get('/clock')).body.now;
  await admin.post('/organisation/define-post', { post });
  const assigned = await admin.post('/organisation/assign-post', { post, person: id, from });
  expect([post, assigned.status]).toEqual([post, 200]);
  return server.as(key);
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
    await admin.command(caseId, 'archive', { year: 2026 });
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
    const head = await holds('quality_head', '钱质量');
    const signatory = await holds('authorised_signatory', '孙签字');
    const second = await admin.hire('周检测', 'agent');
    const caseId = await admin.receive(appeal(await daysAgo(3)));
    await admin.command(caseId, 'accept');
    await admin.command(caseId, 'record-investigation', { justification: 'justified' });
    const step = (body: object, by: Client = admin) => by.command(caseId, 'complete-required-step', body);
    expect(await refusal(caseId, 'complete-required-step', { step: 'preliminary_opinion' })).toEqual([
      403,
      'POST_NEEDED',
    ]);
    await step({ step: 'preliminary_opinion' }, head);
    const values = { blind_code: 'B-17', sample: 'original', retest_result: 'wrong' };
    expect((await refusal(caseId, 'complete-required-step', { step: 'retest', values }))[1]).toBe(
      'SECOND_PERSON_NEEDED',
    );
    await step({ step: 'retest', secondPerson: second.id, values });
    expect((await refusal(caseId, 'resolve', { outcome: 'remedied' }))[1]).toBe('STEP_OPEN');
    await step({ step: 'correction_approved' }, signatory);
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

  test('an urgent appeal is answered within three working days, over a weekend that is worked (调休)', async () => {
    // Wednesday 11 February 2026, nine in the morning: Saturday the 14th makes up for the Spring Festival.
    const wednesday = '2026-02-11T01:00:00.000Z';
    await advance((Date.parse(wednesday) - (await today()).getTime()) / HOUR_MS);
    const urgent = appeal(await daysAgo(1));
    const caseId = await admin.receive({ ...urgent, fields: { ...urgent.fields, urgent: true } });
    const { clocks: runs } = await shown(caseId);
    expect(runs).toContainEqual(
      expect.objectContaining({ clock: 'K-6.urgent', budget: '3bd', dueAt: '2026-02-14T01:00:00.000Z' }),
    );
    await advance(72);
    await admin.command(caseId, 'give-reply', { channel: 'letter', text: '复测结果' });
    expect(await clocks(caseId)).toMatchObject({ 'K-6.urgent': 'met' });
  });
});

describe('the property manager’s own procedure', () => {
  test('repeated back, a promised time, options until the customer agrees, told of each step, revisited, archived', async () => {
    const caseId = await admin.receive({ pack: 'property', category: 'equipment', fields: { project: 'JY-2' } });
    await admin.command(caseId, 'acknowledge', { channel: 'phone' });
    const dueAt = new Date(Date.parse((await admin.get('/clock')).body.now) + 24 * HOUR_MS).toISOString();
    const { body: promised } = await admin.command(caseId, 'make-promise', { dueAt, text: '明天答复' });
    expect(await clocks(caseId)).toMatchObject({ 'I-11': 'met', 'K-1': 'met', promise: 'running' });
    await admin.command(caseId, 'accept');
    await advance(24);
    await admin.command(caseId, 'keep-promise', { promiseId: promised.result.promiseId });
    const { body: first } = await admin.command(caseId, 'propose-plan', { measures: '修理' });
    await admin.command(caseId, 'reject-plan', { planId: first.result.planId, by: 'customer', objection: '要求更换' });
    expect((await refusal(caseId, 'resolve', { outcome: 'remedied' }))[1]).toBe('PLAN_NOT_CONFIRMED');
    const { body: second } = await admin.command(caseId, 'propose-plan', { measures: '更换' });
    await admin.command(caseId, 'accept-plan', { planId: second.result.planId, by: 'customer' });
    await advance(24);
    await admin.command(caseId, 'report-progress', { toCustomer: true, text: '已订货' });
    expect(await clocks(caseId)).toMatchObject({ promise: 'met', 'H-3.progress': 'running' });
    await admin.command(caseId, 'resolve', { outcome: 'remedied' });
    expect(await refusal(caseId, 'close')).toEqual([409, 'RETURN_VISIT_MISSING']);
    await admin.command(caseId, 'record-return-visit', { channel: 'phone', reached: true, satisfied: true });
    await admin.command(caseId, 'close');
    await admin.command(caseId, 'archive', { year: 2026 });
    expect(await shown(caseId)).toMatchObject({ phase: 'archived' });
  });

  test('a sudden event that hits three households is major, and the estate manager is called in', async () => {
    const caseId = await admin.receive({ pack: 'property', category: 'sudden_events', persons: 3 });
    expect(await shown(caseId)).toMatchObject({
      severity: 'major',
      escalations: [{ chain: 'sudden', level: 1, recipients: ['estate_manager'] }],
    });
    await advance(1);
    const { escalations } = await shown(caseId);
    expect(escalations).toContainEqual(
      expect.objectContaining({ chain: 'sudden', level: 2, recipients: ['company_leaders'] }),
    );
  });
});

describe('the CRM service’s own procedure', () => {
  test('a request: order, analysis, design, three reviews, confirmation, execution, archive', async () => {
    const manager = await holds('service_manager', '吴经理');
    const caseId = await admin.receive({ pack: 'crm', kind: 'request', category: 'service', channel: 'email' });
    await admin.command(caseId, 'give-reply', { channel: 'email', text: '已收到' });
    const words = { content: '培训', scope: '两个部门', standard: '考核合格' };
    await advance(47);
    const order = { type: 'training', deadline: '2026-04-01', ...words };
    await admin.command(caseId, 'fill-form', { form: 'service_order', values: order });
    expect(await clocks(caseId)).toMatchObject({ 'I-10.response': 'met', 'I-10.confirmed': 'met' });
    await admin.command(caseId, 'accept');
    const { body } = await admin.command(caseId, 'propose-plan', { measures: '两天培训' });
    await admin.command(caseId, 'accept-plan', { planId: body.result.planId, by: 'customer' });
    for (const step of ['analysed', 'designed', 'reviewed_by_team', 'reviewed_by_customer']) {
      await admin.command(caseId, 'complete-required-step', { step });
    }
    expect((await refusal(caseId, 'complete-required-step', { step: 'reviewed_by_management' }))[1]).toBe(
      'POST_NEEDED',
    );
    await manager.command(caseId, 'complete-required-step', { step: 'reviewed_by_management' });
    expect((await refusal(caseId, 'resolve', { outcome: 'settled' }))[1]).toBe('PLAN_NOT_CONFIRMED');
    const confirmed = { content: '培训', plan: '两天', responsibilities: '双方', times: '四月' };
    await admin.command(caseId, 'fill-form', { form: 'plan_confirmation', values: confirmed });
    await admin.command(caseId, 'resolve', { outcome: 'settled' });
    await admin.command(caseId, 'close');
    await admin.command(caseId, 'archive', { year: 2026 });
  });

  test('a complaint is answered by its urgency class, which may change, and ranks by what it hits', async () => {
    const caseId = await admin.receive({ pack: 'crm', category: 'product', fields: { hits_reputation: true } });
    expect(await shown(caseId)).toMatchObject({ priority: { priority: 'p1', rule: 'S-4.reputation' } });
    await advance(3);
    expect(await clocks(caseId)).toMatchObject({ 'K-1': 'running' });
    // Two hours from the beginning, which are over.
    await admin.command(caseId, 'classify', { fields: { urgency: 'critical' } });
    await advance(1);
    const { clocks: runs } = await shown(caseId);
    expect(runs).toContainEqual(expect.objectContaining({ clock: 'K-1', budget: '2h', state: 'missed' }));
  });
});

describe('the regulator’s procedure (FCA DISP)', () => {
  test('not resolved in three business days it is acknowledged, and gets its final response in writing', async () => {
    const caseId = await admin.receive({ pack: 'fca-disp', category: 'insurance', channel: 'letter' });
    await advance(24 * 7);
    expect(await clocks(caseId)).toMatchObject({ 'DISP-1.5.1': 'missed', 'DISP-1.6.2': 'running' });
    // A summary resolution that was not reached calls nobody in.
    expect((await shown(caseId)).escalations.map((it: { clock?: string }) => it.clock)).not.toContain('DISP-1.5.1');
    await admin.command(caseId, 'acknowledge', { channel: 'letter' });
    await admin.command(caseId, 'accept');
    await advance(24 * 30);
    await admin.command(caseId, 'resolve', { outcome: 'explained' });
    expect(await refusal(caseId, 'close')).toEqual([409, 'FINAL_RESPONSE_MISSING']);
    await admin.command(caseId, 'notify-customer', { channel: 'letter', inWriting: true, text: 'Our final response' });
    expect(await clocks(caseId)).toMatchObject({ 'DISP-1.6.2': 'met' });
    await admin.command(caseId, 'close');
    await admin.command(caseId, 'archive', { year: 2026 });
  });

  test('of payment services fifteen business days, with a holding reply thirty-five', async () => {
    const caseId = await admin.receive({ pack: 'fca-disp', category: 'payment_services' });
    const final = async () =>
      (await shown(caseId)).clocks.find((it: { clock: string }) => it.clock === 'DISP-1.6.2').budget;
    expect(await final()).toBe('15bd@close');
    await admin.command(caseId, 'classify', { fields: { holding_reply: true } });
    expect(await final()).toBe('35bd@close');
  });
});
