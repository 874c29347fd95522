import { describe, expect, test } from '@jest/globals';
import { NOBODY } from '#policy';
import { packWith, shippedPack } from '#policy/testing';
import { ENGINE, isRefusal } from '#kernel';
import {
  acceptCase,
  acceptPlan,
  acknowledgeCase,
  classifyCase,
  closeCase,
  completeRequiredStep,
  fillForm,
  giveReply,
  makePromise,
  matchRepeats,
  proposePlan,
  receiveCase,
  recordReturnVisit,
  rejectPlan,
  reportProgress,
  resolveCase,
  type CaseDecide,
} from '../index.js';
import { by, MONDAY, Story } from '../testing/index.js';

const at = (day: number, time = '01:00:00.000'): string => `2026-01-${String(day).padStart(2, '0')}T${time}Z`;
const text = 'x';
const refused = <C>(story: Story, decide: CaseDecide<C>, command: C, actor = by('li')): string | undefined => {
  const answer = story.desk.send(decide, command, { actor });
  return isRefusal(answer) ? answer.code : undefined;
};

describe('the property manager [P T]', () => {
  const property = shippedPack('property');
  const received = (more: object = {}): Story => {
    const story = new Story(property);
    story.sends(receiveCase, { kind: 'complaint', channel: 'phone', content: '漏水', ...more } as never, MONDAY);
    return story;
  };

  test('I-8 [P]: seven categories, service with four below it', () => {
    expect(property.categories).toHaveLength(7);
    expect(property.categoryPath('service_attitude')).toEqual(['service_attitude', 'service']);
    const story = new Story(property);
    expect(
      refused(story, receiveCase, {
        kind: 'complaint',
        channel: 'phone',
        content: 'x',
        category: 'engineering',
      } as never),
    ).toBe('UNKNOWN_CATEGORY');
  });

  test('I-11 [T]: what was said is repeated back at once; what cannot be answered now gets a promised time', () => {
    const story = received();
    story.expects('I-11', { dueAt: at(5, '01:15:00.000') });
    story.sends(acknowledgeCase, { channel: 'phone' }, at(5, '01:10:00.000'));
    story.expects('I-11', { state: 'met' });
    story.sends(makePromise, { dueAt: at(7), text });
    story.expects('K-1', { state: 'met' }).expects('promise', { state: 'running', dueAt: at(7) });
  });

  test('I-11 [T]: a small matter is answered at once', () =>
    void received({ answeredAtOnce: true }).expects('I-11', { state: 'met' }).expects('K-1', { state: 'met' }));

  test('K-3 [T]: a promised time binds whatever the progress', () => {
    const story = received();
    story.sends(makePromise, { dueAt: at(7), text });
    story.passes(at(7, '01:00:00.001')).expects('promise', { state: 'missed' });
    expect(story.last('CaseEscalated').data).toMatchObject({ chain: 'late' });
  });

  test('H-3 [T]: after an objection another option; the customer confirms before it is done, and hears of each step', () => {
    const story = received();
    story.sends(acceptCase, {});
    const { planId } = story.sends(proposePlan, { measures: text }) as { planId: string };
    story.sends(rejectPlan, { planId, by: 'customer', objection: text });
    expect(refused(story, resolveCase, { outcome: 'remedied' })).toBe('PLAN_NOT_CONFIRMED');
    const second = story.sends(proposePlan, { measures: text }) as { planId: string };
    story.sends(acceptPlan, { planId: second.planId, by: 'customer' }, at(6));
    story.expects('H-3.progress', { dueAt: at(8) });
    story.sends(reportProgress, { toCustomer: true, text }, at(7));
    story.expects('H-3.progress', { run: 2, dueAt: at(9) });
    story.sends(resolveCase, { outcome: 'remedied' });
  });

  test('V-1 [T]: revisited at least once after the solution', () => {
    const story = received();
    story.sends(acceptCase, {});
    story.sends(giveReply, { channel: 'phone', text });
    story.sends(resolveCase, { outcome: 'explained' });
    expect(refused(story, closeCase, {})).toBe('RETURN_VISIT_MISSING');
    story.sends(recordReturnVisit, { channel: 'phone', reached: true });
    story.sends(closeCase, {});
  });

  test('R-1: three households about one matter in a week make it important', () => {
    const story = received({ fields: { project: 'estate-7' }, category: 'equipment' });
    story.sends(matchRepeats, { rule: 'R-1.same-matter', cases: ['a', 'b'], complainants: 3 }, undefined, {
      actor: ENGINE,
    });
    expect(story.state.severity).toBe('important');
  });
});

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
});
