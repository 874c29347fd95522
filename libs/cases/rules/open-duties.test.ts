import { describe, expect, test } from '@jest/globals';
import { plusMs, type Instant } from '#kernel';
import { TestOrganisation } from '#organisation/testing';
import { packWith, shippedPack } from '#policy/testing';
import {
  acceptCase,
  acceptPlan,
  assignCase,
  classifyCase,
  closeCase,
  completeRequiredStep,
  dutiesOf,
  keepPromise,
  makePromise,
  proposeCompensation,
  proposePlan,
  receiveCase,
  recordReturnVisit,
  reportUp,
  requestSheet,
  resolveCase,
  type Duty,
} from '../index.js';
import { by, MONDAY, Story, supervisor } from '../testing/index.js';

const HOUR_MS = 3_600_000;
const hours = (count: number): Instant => plusMs(MONDAY, count * HOUR_MS);
const call = { kind: 'complaint', channel: 'phone', content: 'x', unit: 'east' } as const;

const company = (): TestOrganisation =>
  ['service_centre_head', 'quality_head', 'authorised_signatory', 'laboratory_director']
    .reduce((it, post) => it.takes('DefinePost', { post }), new TestOrganisation())
    .takes('DefineUnit', { unit: 'east' })
    .takes('DefineUnit', { unit: 'west' })
    .takes('AssignPost', { post: 'service_centre_head', person: 'zhou' })
    .takes('AssignPost', { post: 'laboratory_director', person: 'chen' })
    .takes('AssignPost', { post: 'quality_head', person: 'qian' });

function received(pack: string, more: object = {}): Story {
  const story = new Story(shippedPack(pack).withPosts(company()));
  story.sends(receiveCase, { ...call, ...more });
  return story;
}

const duties = ({ desk }: Story, at: Instant = desk.now): readonly Duty[] => dutiesOf(desk.state, desk.policy, at);
const duty = (story: Story, id: string, at?: Instant): Duty | undefined =>
  duties(story, at).find((it) => it.id === id || it.kind === id);

describe('K-4: a report up is owed by who took the case in, until its instant', () => {
  test('given a major complaint, it names the receiver; late only after the due instant; gone once reported', () => {
    const story = received('group', { circumstances: ['media'] });
    const { dueAt } = story.clock('K-4.major');
    const owed = { kind: 'report', command: 'ReportUp', owedBy: [{ post: 'receiver', person: 'li' }], dueAt };
    expect(duty(story, 'K-4.major')).toMatchObject({ ...owed, late: false, source: 'K-4 [G]' });
    expect(duty(story, 'K-4.major', dueAt)).toMatchObject({ late: false });
    expect(duty(story, 'K-4.major', plusMs(dueAt, 1))).toMatchObject({ late: true });
    story.passes(plusMs(dueAt, 1));
    expect(duty(story, 'K-4.major')).toMatchObject({ ...owed, late: true });
    story.sends(reportUp, { to: 'company_leaders', duty: 'K-4.major' });
    expect(duty(story, 'K-4.major')).toBeUndefined();
  });

  test('another tolerance in the pack gives another instant', () => {
    const story = new Story(packWith('group', 'tolerance: 30m', 'tolerance: 45m').withPosts(company()));
    story.sends(receiveCase, { ...call, circumstances: ['media'] });
    expect(duty(story, 'K-4.major')?.dueAt).toBe(plusMs(MONDAY, HOUR_MS * 0.75));
  });
});

test('E-1: an escalation waits for whom it called in, by name where somebody holds the post, until it goes one up', () => {
  const story = received('group', { circumstances: ['media'] });
  expect(duty(story, 'escalation')).toMatchObject({
    label: { en: 'Major complaint' },
    command: 'AcknowledgeEscalation',
    owedBy: [{ person: 'zhou' }],
    dueAt: hours(2),
  });
  story.passes(hours(3));
  // Nobody leads the company on record: the post stands for itself.
  expect(duties(story).map(({ owedBy }) => owedBy)).toContainEqual([{ post: 'company_leaders' }]);
});

test('K-3: a promise binds the owner, the broken one too, until it is kept', () => {
  const story = received('group');
  story.sends(assignCase, { unit: 'east', owner: 'sun' });
  const { promiseId } = story.sends(makePromise, { dueAt: hours(4), text: 'x' }) as { promiseId: string };
  const owedBy = [{ post: 'owner', person: 'sun' }, { unit: 'east' }];
  expect(duty(story, promiseId)).toMatchObject({ kind: 'promise', owedBy, dueAt: hours(4), late: false });
  story.passes(hours(5));
  expect(duty(story, promiseId)).toMatchObject({ owedBy, late: true });
  story.sends(keepPromise, { promiseId });
  expect(duty(story, promiseId)).toBeUndefined();
});

test('H-5: an approval names the role, and who holds the post that the matrix asks for', () => {
  const story = received('group');
  story.sends(acceptCase, {});
  story.sends(proposeCompensation, { amountCents: 100 });
  expect(duty(story, 'approval')).toMatchObject({ command: 'ApproveCompensation', role: 'supervisor', owedBy: [] });
  const other = received('laboratory', { category: 'general_affairs' });
  other.sends(acceptCase, {});
  other.sends(proposeCompensation, { amountCents: 100 });
  expect(duty(other, 'approval')).toMatchObject({ owedBy: [{ post: 'laboratory_director', person: 'chen' }] });
});

test('H-3: a plan waits for an answer; the accepted one is owed by its owner until its time', () => {
  const story = received('group');
  story.sends(acceptCase, {});
  const proposal = { measures: 'x', owner: 'sun', dueAt: hours(9) };
  const { planId } = story.sends(proposePlan, proposal) as { planId: string };
  expect(duty(story, planId)).toMatchObject({ kind: 'answer_to_plan' });
  story.sends(acceptPlan, { planId, by: 'customer' });
  expect(duty(story, planId)).toMatchObject({ kind: 'plan', owedBy: [{ person: 'sun' }], dueAt: hours(9) });
});

test('H-4: required steps are owed by who holds the post, until they are done', () => {
  const story = new Story(shippedPack('laboratory').withPosts(company()));
  story.sends(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x', category: 'general_affairs' });
  expect(duties(story).filter(({ kind }) => kind === 'step')).toEqual([]);
  story.sends(acceptCase, {});
  story.sends(classifyCase, { category: 'test_data' });
  const steps = () => duties(story).filter(({ kind }) => kind === 'step');
  expect(steps()).toMatchObject([
    { id: 'preliminary_opinion', owedBy: [{ post: 'quality_head', person: 'qian' }], command: 'CompleteRequiredStep' },
    { id: 'retest', owedBy: [] },
  ]);
  story.sends(completeRequiredStep, { step: 'preliminary_opinion' }, undefined, { actor: by('qian', 'supervisor') });
  expect(steps().map(({ id }) => id)).toEqual(['retest']);
});

test('V-1, H-8, H-7: what closing asks for, a visit by its clock, and a sheet, until nothing is left', () => {
  const story = received('group');
  story.sends(acceptCase, {});
  const { sheetId } = story.sends(requestSheet, { kind: 'work_sheet', unit: 'west', text: 'x' }) as { sheetId: string };
  expect(duty(story, 'V-1')).toBeUndefined();
  story.sends(resolveCase, { outcome: 'remedied' });
  expect(duty(story, sheetId)).toMatchObject({ kind: 'sheet', owedBy: [{ unit: 'west' }] });
  expect(duty(story, 'V-1')).toMatchObject({ kind: 'visit', label: { zh: '回访' }, command: 'RecordReturnVisit' });
  expect(duty(story, 'K-2.result')).toMatchObject({ kind: 'visit', dueAt: hours(48) });
  story.sends(recordReturnVisit, { channel: 'phone', reached: true });
  expect(duties(story).map(({ id }) => id)).not.toContain('V-1');
});

test('what was missed is owed no more once the case is over and it cannot be done any more', () => {
  const story = received('group');
  story.passes(hours(60));
  expect(duty(story, 'K-2.plan')).toMatchObject({ late: true, command: 'ResolveCase' });
  story.sends(acceptCase, {});
  story.sends(resolveCase, { outcome: 'remedied' });
  // Resolving it did late what was missed; the reply is still owed.
  expect(duty(story, 'K-2.plan')).toBeUndefined();
  expect(duty(story, 'K-1')).toMatchObject({ late: true });
  story.sends(recordReturnVisit, { channel: 'phone', reached: true });
  for (const { escalationId, state } of story.state.escalations) expect([escalationId, state]).not.toContain('open');
  story.sends(closeCase, {}, undefined, { actor: supervisor });
  expect(duty(story, 'K-1')).toBeUndefined();
});

test('the earliest comes first, what has no instant last', () => {
  const story = received('group', { circumstances: ['media'] });
  story.sends(acceptCase, {});
  story.sends(proposeCompensation, { amountCents: 100 });
  const dues = duties(story).map(({ dueAt }) => dueAt ?? '~');
  expect(dues).toEqual([...dues].sort());
  expect(dues.at(-1)).toBe('~');
});
