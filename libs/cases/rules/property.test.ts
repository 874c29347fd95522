import { describe, expect, test } from '@jest/globals';
import { packWith, shippedPack } from '#policy/testing';
import { ENGINE } from '#kernel';
import {
  acceptCase,
  acceptPlan,
  acknowledgeCase,
  assessProfile,
  closeCase,
  fillForm,
  giveReply,
  linkCase,
  makePromise,
  matchRepeats,
  proposePlan,
  receiveCase,
  recordReturnVisit,
  rejectPlan,
  reportProgress,
  resolveCase,
} from '../index.js';
import { at, complaintOn, gradedBy, MONDAY, refused, Story, toldIn } from '../testing/index.js';

const text = 'x';

describe('the property manager [P T]', () => {
  const property = shippedPack('property');
  const received = (more: object = {}, pack = property): Story => {
    const story = new Story(pack);
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

  test('R-1: the same room, and three people about one estate, within the windows of the pack', () => {
    const room = (...days: string[]) =>
      gradedBy(property, 'R-1.same-room', ...days.map((day) => complaintOn(day, 'a')));
    expect(room('01-15', '02-15')).toEqual(['general', 'general']);
    const estate = (last: string, pack = property) =>
      gradedBy(pack, 'R-1.same-matter', complaintOn('01-15', 'a'), complaintOn('01-18', 'b'), complaintOn(last, 'c'));
    expect(estate('01-22')).toEqual(['important', 'important', 'important']);
    expect(estate('01-23')).toEqual(['general', 'general', 'general']);
    expect(estate('01-23', packWith('property', 'window: 7d', 'window: 8d'))[0]).toBe('important');
  });

  test('the numbers are the pack’s: an answer, progress and the visit are due by what it says', () => {
    const answer = (pack = property): string => received({}, pack).clock('K-1').dueAt;
    expect([answer(), answer(packWith('property', 'budget: 24h', 'budget: 23h'))]).toEqual([
      at(6),
      at(6, '00:00:00.000'),
    ]);
  });

  test('I-9 [P]: who complains, and why, is assessed; the words are sealed', () => {
    const story = received();
    const { partyId } = story.state.parties[0]!;
    story.sends(assessProfile, { partyId, profile: 'professional', motive: 'compensation' });
    expect(story.last('ProfileAssessed').personal).toMatchObject({ profile: { keyId: partyId } });
  });

  test('K-3, E-1: who promised is warned at any hour, whom a sudden event calls in is told at once', () => {
    const story = received({ category: 'sudden_events', persons: 3 });
    expect(toldIn(story)).toEqual(['E-1.sudden: recipients!']);
    story.sends(makePromise, { dueAt: at(7), text });
    expect(toldIn(story.passes(at(6, '13:00:00.001')))).toContain('K-3.warned: owner, receiver!');
  });

  test('E-2: an incident gathers its cases under one head, to which an emergency plan is attached', () => {
    const story = received({});
    story.sends(linkCase, { otherCaseId: 'another', relation: 'head_case' });
    const plan = { measures: text, responsible: text, informing: text };
    story.sends(fillForm, { form: 'emergency_plan', values: plan });
    expect(story.state).toMatchObject({ links: [{ relation: 'head_case' }], forms: [{ form: 'emergency_plan' }] });
  });
});
