import { describe, expect, test } from '@jest/globals';
import type { CountedCase, Policy } from '#policy';
import { packWith, shippedPack } from '#policy/testing';
import {
  acceptCase,
  analyseCauses,
  archiveCase,
  closeCase,
  completeRequiredStep,
  fillForm,
  filePapers,
  giveReply,
  passOnCase,
  receiveCase,
  recordOpinion,
  recordReturnVisit,
  reopenCase,
  resolveCase,
  transferCase,
} from '../index.js';
import { at, by, complaintOn as on, gradedBy, HEADED, MONDAY, refused, Story, toldIn } from '../testing/index.js';

const group = shippedPack('group');
const received = (more: object = {}, pack: Policy = group, when = MONDAY): Story => {
  const story = new Story(pack);
  story.sends(receiveCase, { kind: 'complaint', channel: 'phone', content: '漏水', ...more } as never, when);
  return story;
};
/** Replied to and resolved. */
const resolved = (more: object = {}, pack: Policy = group, when = at(6)): Story => {
  const story = received(more, pack);
  story.sends(acceptCase, {});
  story.sends(giveReply, { channel: 'phone', text: 'x' });
  story.sends(resolveCase, { outcome: 'remedied' }, when);
  return story;
};

describe('S-1 [G]: grades', () => {
  test.each([
    [{ circumstances: ['litigation'] }, 'major'],
    [{ circumstances: ['media'] }, 'major'],
    [{ persons: 10 }, 'major'],
    [{ persons: 9 }, 'important'],
    [{ persons: 3 }, 'important'],
    [{ persons: 2 }, 'general'],
    [{}, 'general'],
  ])('%j is %s', (more, severity) => expect(received(more).state.severity).toBe(severity));

  test('the numbers are the pack’s: where eleven people are asked for, ten are important only', () => {
    const eleven = packWith('group', 'case.persons >= 10', 'case.persons >= 11');
    expect(received({ persons: 10 }, eleven).state.severity).toBe('important');
    const four = packWith('group', 'when: case.persons >= 3', 'when: case.persons >= 4');
    expect(received({ persons: 3 }, four).state.severity).toBe('general');
  });
});

describe('S-1 [G]: three complaints about the same matter from different complainants within a month', () => {
  const graded = (...cases: readonly CountedCase[]) => gradedBy(group, 'S-1.same-matter', ...cases);
  const ALL = ['important', 'important', 'important'];
  const NONE = ['general', 'general', 'general'];

  test('15 January, 30 January and 14 February are a hit, with 16 February instead they are not', () => {
    expect(graded(on('01-15', 'a'), on('01-30', 'b'), on('02-14', 'c'))).toEqual(ALL);
    expect(graded(on('01-15', 'a'), on('01-30', 'b'), on('02-16', 'c'))).toEqual(NONE);
  });

  test('the same complainant three times is one', () => {
    expect(graded(on('01-15', 'a'), on('01-20', 'a'), on('01-25', 'a'))).toEqual(NONE);
  });

  test('the numbers are the pack’s: another window, another count', () => {
    const three = [on('01-15', 'a'), on('01-30', 'b'), on('02-14', 'c')];
    expect(gradedBy(packWith('group', 'window: 1mo', 'window: 29d'), 'S-1.same-matter', ...three)).toEqual(NONE);
    expect(gradedBy(packWith('group', 'atLeast: 3', 'atLeast: 4'), 'S-1.same-matter', ...three)).toEqual(NONE);
    const longer = packWith('group', 'window: 1mo', 'window: 2mo');
    expect(gradedBy(longer, 'S-1.same-matter', on('01-15', 'a'), on('01-30', 'b'), on('02-16', 'c'))).toEqual(ALL);
  });
});

test('S-1 [G], R-1: a second complaint after handling was finished is important, however long after; before it is not', () => {
  const graded = (handledOn: string) =>
    gradedBy(group, 'S-1.after-handling', on('01-15', 'a', handledOn), on('11-14', 'a')).at(-1);
  expect([graded('01-20'), graded('11-20')]).toEqual(['important', 'general']);
});

describe('I-6 [G]: handled where it was received', () => {
  const ours = { unit: 'property' };

  test('the papers are filed with the service centre within two working days of completion', () => {
    // Resolved on Friday: Monday and Tuesday.
    const story = resolved(ours, group, at(9)).expects('I-6.papers', { budget: '2bd', dueAt: at(13) });
    story.sends(filePapers, { with: 'service-centre' }, at(13));
    story.expects('I-6.papers', { state: 'met' });
    const late = resolved(ours, group, at(9)).passes(at(14)).expects('I-6.papers', { state: 'missed' });
    const missed = late.desk.events.flatMap(({ type, data }) => (type === 'DeadlineMissed' ? [data] : []));
    expect(missed.find(({ clock }) => clock === 'I-6.papers')!.owedBy).toEqual(['owner', 'liaison']);
  });

  test('what the service centre handles itself is filed there already', () => {
    for (const more of [{}, { unit: 'service-centre' }]) {
      expect(resolved(more).state.clocks.map(({ clock }) => clock)).not.toContain('I-6.papers');
    }
  });

  test('the number is the pack’s', () => {
    const slow = packWith(
      'group',
      "owedBy: [owner, liaison]\n    source: 'I-6 [G]'",
      "owedBy: [owner, liaison]\n    budgets: [{ when: 'true', budget: 3bd }]\n    source: 'I-6 [G]'",
    );
    resolved(ours, slow, at(9)).expects('I-6.papers', { dueAt: at(14) });
  });
});

describe('I-6 [G]: what a department receives and is not its own', () => {
  const elsewhere = { receivedByUnit: 'sales', unit: 'sales', firstReceiver: 'sun' };
  const centre = { to: 'service_centre', unit: 'service-centre' } as const;

  test('goes to the service centre within the time of the pack; taken on it is their own', () => {
    const story = received(elsewhere).expects('I-6.passed-on', { budget: '1bd', dueAt: at(6) });
    story.sends(passOnCase, centre, at(6));
    story.expects('I-6.passed-on', { state: 'met' }).expects('K-1', { state: 'running', dueAt: at(7) });
    expect(story.state).toMatchObject({ unit: 'service-centre', passedOnTo: 'service_centre' });
    const own = received(elsewhere);
    own.sends(acceptCase, {});
    own.expects('I-6.passed-on', { state: 'met' });
    const missed = received(elsewhere).passes(at(6, '01:00:00.001')).last('DeadlineMissed').data;
    expect(missed).toMatchObject({ clock: 'I-6.passed-on', owedBy: ['sun', 'liaison'] });
    const slow = packWith(
      'group',
      'budget: 1bd\n    calendar: office\n    startsOn:\n',
      'budget: 2bd\n    calendar: office\n    startsOn:\n',
    );
    received(elsewhere, slow).expects('I-6.passed-on', { dueAt: at(7) });
  });

  test('the service centre is told, the unit to which it is handed back, and who received the customer of the result', () => {
    const story = received(elsewhere);
    story.sends(passOnCase, centre);
    story.sends(transferCase, { unit: 'sales', reason: '属销售部门' });
    story.sends(acceptCase, {});
    story.sends(resolveCase, { outcome: 'remedied' });
    expect(toldIn(story)).toEqual([
      'I-6.passed-on: service_centre_head',
      'I-6.taken-over: owner, unit_head',
      'I-6.taken-over: owner, unit_head',
      'I-6.result: receiver',
    ]);
    story.sends(recordOpinion, { satisfied: false });
    expect(toldIn(story).at(-1)).toBe('I-6.opinion: unit_head');
  });

  test('who agrees is given a contact instead, on record; then nothing is owed here any more', () => {
    const story = received(elsewhere);
    expect(refused(story, passOnCase, { to: 'contact_given' })).toBe('COMPLAINANT_MUST_AGREE');
    story.sends(passOnCase, { to: 'contact_given', complainantAgreed: true });
    expect(story.state.clocks.map(({ clock, state }) => [clock, state])).toEqual([
      ['K-1', 'cancelled'],
      ['K-2.plan', 'cancelled'],
      ['I-6.passed-on', 'met'],
    ]);
  });
});

test('H-1 [G]: the service centre checks the outcome of what was handled elsewhere before it is archived', () => {
  const closed = (more: object): Story => {
    const story = resolved(more, group.withPosts(HEADED));
    story.sends(recordReturnVisit, { channel: 'phone', reached: true });
    story.sends(closeCase, {});
    story.sends(analyseCauses, { causes: 'x', improvements: 'x' });
    return story;
  };
  const elsewhere = closed({ unit: 'property' });
  const archive = () => refused(elsewhere, archiveCase, { year: 2026 }, by('wang', 'supervisor'));
  expect(archive()).toBe('STEP_OPEN');
  expect(refused(elsewhere, completeRequiredStep, { step: 'outcome_checked' })).toBe('POST_NEEDED');
  const head = { actor: by('head of service_centre_head', 'supervisor') };
  elsewhere.sends(completeRequiredStep, { step: 'outcome_checked' }, undefined, head);
  expect(archive()).toBeUndefined();
  expect(refused(closed({}), archiveCase, { year: 2026 }, by('wang', 'supervisor'))).toBeUndefined();
});

describe('H-7 [G]', () => {
  test('a work contact sheet is answered within the time of the pack', () => {
    const sheet = (pack: Policy) => received({ kind: 'work_sheet', unit: 'design' }, pack);
    sheet(group).expects('H-7.sheet', { budget: '5bd', dueAt: at(12) });
    sheet(packWith('group', 'budget: 5bd', 'budget: 4bd')).expects('H-7.sheet', { dueAt: at(9) });
    const story = sheet(group);
    story.sends(acceptCase, {});
    story.sends(resolveCase, { outcome: 'settled' }, at(12));
    story.expects('H-7.sheet', { state: 'met' });
  });

  test('every finished complaint gets its causes and improvements analysed before it is archived', () => {
    const story = resolved();
    story.sends(recordReturnVisit, { channel: 'phone', reached: true });
    story.sends(closeCase, {});
    const archive = () => refused(story, archiveCase, { year: 2026 }, by('wang', 'supervisor'));
    expect(archive()).toBe('ANALYSIS_MISSING');
    story.sends(analyseCauses, { causes: '老化', improvements: '定期检查' });
    expect(archive()).toBeUndefined();
  });
});

describe('V-1 [G]: every handled complaint is revisited', () => {
  const visits = (story: Story, ...reached: readonly boolean[]): Story => {
    for (const it of reached) story.sends(recordReturnVisit, { channel: 'phone', reached: it });
    return story;
  };

  test('without a visit nothing closes; who is not reached is tried three times', () => {
    expect(refused(resolved(), closeCase, {})).toBe('RETURN_VISIT_MISSING');
    expect(refused(visits(resolved(), false, false), closeCase, {})).toBe('RETURN_VISIT_MISSING');
    expect(refused(visits(resolved(), false, false, false), closeCase, {})).toBeUndefined();
    expect(refused(visits(resolved(), true), closeCase, {})).toBeUndefined();
  });

  test('the number is the pack’s', () => {
    const two = packWith('group', 'case.visits >= 3', 'case.visits >= 2');
    expect(refused(visits(resolved({}, two), false, false), closeCase, {})).toBeUndefined();
  });

  test('H-9: taken up again it is revisited again', () => {
    const story = visits(resolved(), true);
    story.sends(reopenCase, { reasonCode: 'dissatisfied' });
    story.sends(resolveCase, { outcome: 'remedied' });
    expect(refused(story, closeCase, {})).toBe('RETURN_VISIT_MISSING');
  });
});

describe('V-2 [G]: routine visits count from the milestone of the customer', () => {
  const visit = (id: string, pack: Policy = group) =>
    received(
      { kind: 'visit', channel: 'return_visit', openedFromCustomer: 'c-1', visit: id, occurredAt: MONDAY },
      pack,
      at(6),
    ).clock('V-2');

  test.each([
    ['V-2.one-week', '2026-01-12T01:00:00.000Z'],
    ['V-2.one-month', '2026-02-05T01:00:00.000Z'],
    ['V-2.three-months', '2026-04-05T01:00:00.000Z'],
  ])('%s is made by %s', (id, dueAt) => expect(visit(id)).toMatchObject({ startsAt: MONDAY, dueAt }));

  test('the numbers are the pack’s', () => {
    const shorter = packWith('group', 'budget: 7d', 'budget: 6d');
    expect(visit('V-2.one-week', shorter).dueAt).toBe('2026-01-11T01:00:00.000Z');
  });

  test('the pack names four visits, what each asks about, and that old customers are visited yearly', () => {
    expect(group.routineVisits.map(({ id, milestone }) => [id, milestone])).toEqual([
      ['V-2.one-week', 'signed'],
      ['V-2.one-month', 'handed_over'],
      ['V-2.three-months', 'handed_over'],
      ['V-2.one-year', 'handed_over'],
    ]);
    expect(group.routineVisits.at(-1)).toMatchObject({
      opensAfter: { text: '12mo' },
      repeatsEvery: { text: '12mo' },
    });
  });
});

test('V-3 [G]: a visit by phone is recorded with the wording that was agreed before it', () => {
  const story = resolved();
  expect(refused(story, fillForm, { form: 'visit_by_phone', values: { course: 'x' } })).toBe('FIELDS_MISSING');
  story.sends(fillForm, { form: 'visit_by_phone', values: { wording_agreed: true, course: 'x' } });
  expect(story.last('FormFilled').data).toMatchObject({ values: { wording_agreed: true } });
});

test('section 12 [G]: handling sheet, visit by phone and survey, filled and kept', () => {
  expect(group.forms.map(({ label }) => label.zh)).toEqual(['投诉处理单', '电话回访记录', '客户满意度调查表']);
  const story = resolved();
  story.sends(fillForm, { form: 'satisfaction_survey', values: { result_score: 9, service_score: 8, words: '满意' } });
  expect(story.state.forms).toMatchObject([{ form: 'satisfaction_survey', values: { result_score: 9 } }]);
});
