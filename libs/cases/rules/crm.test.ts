import { describe, expect, test } from '@jest/globals';
import { NOBODY } from '#policy';
import { packWith, shippedPack } from '#policy/testing';
import {
  acceptCase,
  acceptPlan,
  assignCase,
  classifyCase,
  closeCase,
  completeRequiredStep,
  fillForm,
  giveReply,
  linkCase,
  proposePlan,
  receiveCase,
  recordInvestigation,
  recordReturnVisit,
  reopenCase,
  reportProgress,
  resolveCase,
} from '../index.js';
import { at, by, complaintOn, gradedBy, MONDAY, refused, Story, toldIn } from '../testing/index.js';

const text = 'x';

describe('the CRM service [C S A F R]', () => {
  const crm = shippedPack('crm');
  const received = (more: object, pack = crm): Story => {
    const story = new Story(pack);
    story.sends(receiveCase, { kind: 'complaint', channel: 'email', content: 'x', ...more } as never, MONDAY);
    return story;
  };
  const order = {
    form: 'service_order',
    values: { type: 'training', content: text, scope: text, deadline: '2026-02-01', standard: text },
  };

  test('I-10 [C]: a request gets its first response within 24 h, and is confirmed within 48 h by the order form', () => {
    const story = received({ kind: 'request' });
    story.expects('I-10.response', { dueAt: at(6) }).expects('I-10.confirmed', { dueAt: at(7) });
    story.sends(giveReply, { channel: 'email', text }, at(6));
    story.sends(fillForm, order, at(7));
    story.expects('I-10.response', { state: 'met' }).expects('I-10.confirmed', { state: 'met' });
  });

  test('the numbers are the pack’s: with 23 hours the same response is late', () => {
    const story = received({ kind: 'request' }, packWith('crm', 'budget: 24h', 'budget: 23h'));
    story.sends(giveReply, { channel: 'email', text }, at(6));
    story.expects('I-10.response', { state: 'missed' });
  });

  test('K-1 [S]: by urgency class, and a change of class counts from the start', () => {
    const story = received({});
    story.expects('K-1', { budget: '2d', dueAt: at(7) });
    story.sends(classifyCase, { fields: { urgency: 'high' } }, at(5, '02:00:00.000'));
    // Eight open hours from Monday 9:00 end at 17:00.
    story.expects('K-1', { budget: 'PT8H', dueAt: at(5, '09:00:00.000') });
    received({ fields: { urgency: 'critical' } }).expects('K-1', { dueAt: at(5, '03:00:00.000') });
  });

  test.each([
    [{ fields: { hits_reputation: true } }, 'p1'],
    [{ fields: { hits_satisfaction: true } }, 'p2'],
    [{}, 'p3'],
    [{ kind: 'request', fields: { tier: 'important', urgency: 'high' } }, 'p1'],
    [{ kind: 'request', fields: { complexity: 'complex' } }, 'p2'],
  ])('S-4 [A C]: %j has priority %s', (more, priority) => {
    expect(received(more).state.priority).toMatchObject({ priority });
  });

  test('H-3 [C]: analyse, design, review by customer, team and management, confirm; else nothing is resolved', () => {
    const holders = { ...NOBODY, holders: (post: string) => (post === 'service_manager' ? ['wang'] : []) };
    const story = received({ kind: 'request' }, crm.withPosts(holders));
    story.sends(acceptCase, {});
    const { planId } = story.sends(proposePlan, { measures: text }) as { planId: string };
    expect(refused(story, acceptPlan, { planId, by: 'customer' })).toBe('ORDER_FORM_MISSING');
    story.sends(fillForm, order);
    story.sends(acceptPlan, { planId, by: 'customer' });
    expect(refused(story, completeRequiredStep, { step: 'designed' })).toBe('STEP_TOO_EARLY');
    for (const step of ['analysed', 'designed', 'reviewed_by_team', 'reviewed_by_customer']) {
      story.sends(completeRequiredStep, { step });
    }
    expect(refused(story, resolveCase, { outcome: 'remedied' })).toBe('STEP_OPEN');
    expect(refused(story, completeRequiredStep, { step: 'reviewed_by_management' })).toBe('POST_NEEDED');
    story.sends(completeRequiredStep, { step: 'reviewed_by_management' }, undefined, {
      actor: by('wang', 'supervisor'),
    });
    expect(refused(story, resolveCase, { outcome: 'remedied' })).toBe('PLAN_NOT_CONFIRMED');
    story.sends(fillForm, {
      form: 'plan_confirmation',
      values: { content: text, plan: text, responsibilities: text, times: text },
    });
    story.sends(resolveCase, { outcome: 'remedied' });
  });

  test('I-11 [S]: feedback about a major problem is discussed and a solution made', () => {
    const story = received({ kind: 'feedback', fields: { major_problem: true } });
    story.expects('I-11.discussed', { budget: '3bd', dueAt: at(8) });
    story.sends(acceptCase, {});
    story.sends(proposePlan, { measures: text });
    story.expects('I-11.discussed', { state: 'met' });
  });

  test('S-5 [S]: a complex case gets regular progress updates', () => {
    const story = received({ fields: { complexity: 'complex' } });
    story.sends(acceptCase, {});
    story.sends(reportProgress, { toCustomer: true, text }, at(6));
    story.expects('S-5.progress', { run: 2, dueAt: at(8) });
  });

  test('V-3 [R]: a visit is reported on the next day, reviewed by the supervisor, papers settled', () => {
    const holders = { ...NOBODY, holders: (post: string) => (post === 'service_manager' ? ['wang'] : []) };
    const story = received({ kind: 'visit', channel: 'return_visit' }, crm.withPosts(holders));
    story.sends(acceptCase, {});
    story.sends(fillForm, { form: 'visit_record', values: { course: text, papers_taken: true } });
    story.expects('V-3.report', { budget: '1bd@close', dueAt: at(6, '09:30:00.000') });
    story.sends(resolveCase, { outcome: 'settled' });
    story.sends(fillForm, { form: 'visit_report', values: { course: text, result: text } });
    story.expects('V-3.report', { state: 'met' });
    expect(refused(story, closeCase, {})).toBe('STEP_OPEN');
  });

  test('V-3 [R]: papers and review may follow the result; then the visit is closed', () => {
    const holders = { ...NOBODY, holders: (post: string) => (post === 'service_manager' ? ['wang'] : []) };
    const story = received({ kind: 'visit', channel: 'return_visit' }, crm.withPosts(holders));
    story.sends(acceptCase, {});
    story.sends(fillForm, { form: 'visit_record', values: { course: text, papers_taken: true } });
    story.sends(resolveCase, { outcome: 'settled' });
    story.sends(fillForm, { form: 'visit_report', values: { course: text, result: text } });
    story.sends(completeRequiredStep, { step: 'papers_settled', text });
    expect(refused(story, completeRequiredStep, { step: 'visit_reviewed' })).toBe('POST_NEEDED');
    story.sends(completeRequiredStep, { step: 'visit_reviewed' }, undefined, { actor: by('wang', 'supervisor') });
    story.sends(closeCase, {});
  });

  const handled = (pack = crm): Story => {
    const story = received({}, pack);
    story.sends(acceptCase, {});
    const { planId } = story.sends(proposePlan, { measures: text }) as { planId: string };
    expect(refused(story, resolveCase, { outcome: 'remedied' })).toBe('PLAN_NOT_CONFIRMED');
    story.sends(acceptPlan, { planId, by: 'customer' });
    story.sends(resolveCase, { outcome: 'remedied' });
    return story;
  };

  test('V-1 [S]: satisfaction is recorded before a complaint is closed', () => {
    const story = handled();
    expect(refused(story, closeCase, {})).toBe('RETURN_VISIT_MISSING');
    story.sends(recordReturnVisit, { channel: 'phone', reached: true, satisfied: true, score: 9 });
    story.sends(closeCase, {});
    expect(story.state.visits).toMatchObject([{ satisfied: true, score: 9 }]);
  });

  test('H-9, H-3 [A]: dissatisfied, it is investigated again, and the customer confirms another plan', () => {
    const story = handled();
    story.sends(reopenCase, { reasonCode: 'dissatisfied' });
    story.sends(recordInvestigation, { justification: 'justified' });
    expect(refused(story, resolveCase, { outcome: 'remedied' })).toBe('PLAN_NOT_CONFIRMED');
    const { planId } = story.sends(proposePlan, { measures: text }) as { planId: string };
    story.sends(acceptPlan, { planId, by: 'customer' });
    story.sends(resolveCase, { outcome: 'remedied' });
  });

  test('H-1 [A]: investigated for cause and impact, assigned to a unit and a person', () => {
    const story = received({});
    story.sends(acceptCase, {});
    story.sends(assignCase, { unit: 'support', owner: 'zhao' });
    story.sends(recordInvestigation, { justification: 'justified', cause: text, impact: text });
    expect(story.state).toMatchObject({ unit: 'support', owner: 'zhao', justification: 'justified' });
  });

  test('R-1 [S]: the same customer about the same matter within a month is linked; it makes nothing graver', () => {
    expect(gradedBy(crm, 'R-1.same-customer', complaintOn('01-15', 'a'), complaintOn('01-20', 'a'))).toEqual([
      'general',
      'general',
    ]);
    expect(crm.repeats.map(({ same, window }) => [same, window])).toEqual([[['complainant', 'category'], '1mo']]);
  });

  test('section 12 [C R]: the forms, with the fields that the documents name', () => {
    const named = crm.forms.map(({ label, fields }) => [label.zh, fields.map(({ id }) => id)]);
    expect(named).toEqual(
      expect.arrayContaining([
        ['服务需求单', ['type', 'content', 'scope', 'deadline', 'standard']],
        ['服务方案', ['content', 'process', 'standard', 'period', 'staff', 'budget_cents']],
        ['服务方案确认书', ['content', 'plan', 'responsibilities', 'times']],
        ['客戶回訪計劃', ['time', 'content', 'purpose']],
        ['客戶回訪記錄表', ['course', 'papers_taken']],
        ['客戶回訪報告表', ['course', 'result']],
      ]),
    );
  });

  test('I-11, S-5 [S]: the service manager is told of feedback about a major problem, and the special group of a grave case', () => {
    const feedback = received({ kind: 'feedback', fields: { major_problem: true } });
    expect(toldIn(feedback)).toContain('I-11.major-problem: service_manager');
    expect(toldIn(received({ circumstances: ['media'] }))).toContain('S-5.special-group: recipients');
    expect(toldIn(received({}))).toEqual([]);
  });

  test('E-2: an incident gathers its cases under one head, to which an emergency plan is attached', () => {
    const story = received({});
    story.sends(linkCase, { otherCaseId: 'another', relation: 'head_case' });
    const plan = { measures: text, responsible: text, informing: text };
    story.sends(fillForm, { form: 'emergency_plan', values: plan });
    expect(story.state).toMatchObject({ links: [{ relation: 'head_case' }], forms: [{ form: 'emergency_plan' }] });
  });
});
