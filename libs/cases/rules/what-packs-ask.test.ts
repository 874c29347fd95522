import { describe, expect, test } from '@jest/globals';
import { ENGINE, isRefusal, type Refusal } from '#kernel';
import { loadPack, NOBODY, type Policy, type Posts } from '#policy';
import {
  acceptCase,
  amendIntake,
  approveCompensation,
  classifyCase,
  closeCase,
  completeRequiredStep,
  dismissRepeat,
  fillForm,
  finishSheet,
  giveReply,
  matchRepeats,
  movesOf,
  proposeCompensation,
  receiveCase,
  recordReturnVisit,
  requestSheet,
  resolveCase,
  type CaseDecide,
} from '../index.js';
import { agent, by, PLAIN, Story, supervisor } from '../testing/index.js';

const call = { kind: 'complaint', channel: 'phone', content: 'x' } as const;

/** The plain pack and what is said here besides. */
const pack = (more: string, posts: Posts = NOBODY): Policy =>
  loadPack(`${PLAIN}\n${more}`, 'pack.yaml').withPosts(posts);

function received(policy: Policy, more: object = {}): Story {
  const story = new Story(policy);
  story.sends(receiveCase, { ...call, ...more });
  return story;
}

function refusedBy<C>(story: Story, decide: CaseDecide<C>, command: C, actor = agent): string | undefined {
  const before = story.desk.events;
  const answer = story.desk.send(decide, command, { actor });
  if (!isRefusal(answer)) return undefined;
  expect(story.desk.events).toEqual(before);
  return answer.code;
}

const FIELDS = `
fields:
  - { id: urgency, label: { zh: 紧急, en: Urgency }, type: choice, choices: [{ id: high, label: { zh: 高, en: High } }, { id: low, label: { zh: 低, en: Low } }] }
  - { id: plate, label: { zh: 车牌, en: Plate }, personal: true, match: plate }
  - { id: reported_on, label: { zh: 报告日, en: Report received }, type: date }
`;

describe('I-2: fields of the pack', () => {
  test('what is personal is sealed under the complainant’s key, the rest is readable; names of both are known', () => {
    const story = received(pack(FIELDS), {
      fields: { urgency: 'high', plate: '沪A12345' },
      complainant: { phone: '1' },
    });
    const { data, personal } = story.last('CaseReceived');
    expect(data).toMatchObject({ fields: { urgency: 'high' } });
    expect(data.given).toEqual(['complainant.phone', 'complainant.contact', 'content', 'urgency', 'plate']);
    expect(JSON.stringify(data)).not.toContain('沪A');
    expect(personal['fields']).toMatchObject({ keyId: data.parties[0]!.partyId });
  });

  test.each([
    [{ colour: 'red' }, 'UNKNOWN_FIELD'],
    [{ urgency: 'soon' }, 'FIELD_MALFORMED'],
    [{ reported_on: '2026-02-30' }, 'FIELD_MALFORMED'],
    [{ plate: 7 }, 'FIELD_MALFORMED'],
  ])('%j is refused', (fields, code) => {
    expect(refusedBy(new Story(pack(FIELDS)), receiveCase, { ...call, fields } as never)).toBe(code);
  });

  const REQUIRED = `
requirements:
  - { id: V-1, label: { zh: 回访, en: Visit }, before: [CloseCase], that: case.visitsReached >= 1, code: RETURN_VISIT_MISSING, source: '·' }
  - { id: I-2.contact, label: { zh: 联系方式, en: Contact }, before: [AcceptCase], that: '"complainant.contact" in case.given', code: INTAKE_INCOMPLETE, source: 'I-2 [G]' }
`;
  const requiring = loadPack(PLAIN.slice(0, PLAIN.indexOf('requirements:')) + REQUIRED, 'pack.yaml');

  test('every complaint is recorded; what the pack requires is asked for before it is taken on, and may be added', () => {
    const story = received(requiring);
    const refusal = story.desk.send(acceptCase, {});
    expect(refusal).toMatchObject({
      code: 'INTAKE_INCOMPLETE',
      facts: { open: ['INTAKE_INCOMPLETE'], obstacles: [{ rule: 'I-2.contact', source: 'I-2 [G]' }] },
    });
    story.sends(amendIntake, { complainant: { phone: '13800000000' } });
    story.sends(acceptCase, {});
  });

  test('what is not to be had is waived, with the reason', () => {
    const story = received(requiring);
    expect(refusedBy(story, amendIntake, { waived: ['complainant.contact'] })).toBe('REASON_MISSING');
    story.sends(amendIntake, { waived: ['complainant.contact'], reasonCode: 'anonymous' });
    story.sends(acceptCase, {});
    expect(story.state.waived).toEqual(['complainant.contact']);
  });
});

describe('I-5: what a pack does not take on', () => {
  const late = pack(`${FIELDS}
declines:
  - { id: I-5.late, when: 'daysBetween(case.fields.reported_on, case.receivedAt, "Asia/Shanghai") > 10', reasonCode: APPEAL_TOO_LATE, source: 'I-5 [L]' }
`);
  test('on the tenth day it is taken on, on the eleventh it is declined, with the reason on record', () => {
    // Recorded on Monday the 5th of January, in Shanghai.
    expect(received(late, { fields: { reported_on: '2025-12-26' } }).state.phase).toBe('received');
    const story = received(late, { fields: { reported_on: '2025-12-25' } });
    expect(story.last('CaseDeclined').data).toEqual({
      reasonCode: 'APPEAL_TOO_LATE',
      rule: 'I-5.late',
      source: 'I-5 [L]',
    });
    story.expects('K-1', { state: 'cancelled' });
  });

  test('a complaint that names no report has no such limit', () => expect(received(late).state.phase).toBe('received'));
});

describe('S-4: priority', () => {
  const priorities = pack(`${FIELDS}
priorities:
  - { id: P-1, priority: p1, when: case.severity == "major" || case.fields.urgency == "high", source: 'S-4 [C]' }
  - { id: P-2, priority: p2, when: 'true', source: '·' }
`);
  test('the first rule that holds gives it; it follows what changes, on record', () => {
    const story = received(priorities);
    expect(story.state.priority).toMatchObject({ priority: 'p2', rule: 'P-2' });
    story.sends(classifyCase, { fields: { urgency: 'high' } });
    expect(story.last('PriorityAssigned').data).toEqual({ priority: 'p1', rule: 'P-1', source: 'S-4 [C]' });
  });

  test('by a severity that is raised in the same breath', () =>
    expect(received(priorities, { circumstances: ['media'] }).state.priority).toMatchObject({ priority: 'p1' }));
});

describe('H-2: recusal is policy', () => {
  const against = { against: ['sun'] };
  test('where the pack bars who is complained about, their commands are refused', () => {
    const story = received(pack("recusal: { bars: complained_about, source: 'H-2 [D]' }"), against);
    expect(story.last('HandlerRecused').data).toEqual({
      person: 'sun',
      reasonCode: 'COMPLAINED_ABOUT',
      source: 'H-2 [D]',
    });
    expect(refusedBy(story, acceptCase, {}, by('sun'))).toBe('HANDLER_RECUSED');
  });

  test('or only who received the customer as well', () => {
    const policy = pack("recusal: { bars: received_and_complained_about, source: 'H-2 [D]' }");
    expect(received(policy, against).state.recused).toEqual([]);
    expect(received(policy, { ...against, firstReceiver: 'sun' }).state.recused).toEqual(['sun']);
  });

  test('and where it bars nobody, a head may investigate the own department', () => {
    const story = received(pack(''), against);
    story.sends(acceptCase, {}, undefined, { actor: by('sun') });
  });
});

describe('H-4: required steps', () => {
  const steps = pack(`
steps:
  - { id: retest, label: { zh: 复测, en: Re-test }, persons: 2, fields: [{ id: blind_code, label: { zh: 盲样编号, en: Blind code }, personal: true, required: true }], source: 'H-4 [L]' }
  - { id: confirm, label: { zh: 批准, en: Confirm }, after: [retest], by: [signatory], source: 'H-4 [L]' }
`);
  const holders: Posts = { ...NOBODY, holders: (post) => (post === 'signatory' ? ['wang'] : []) };
  const handled = (): Story => {
    const story = received(steps.withPosts(holders));
    story.sends(acceptCase, {});
    return story;
  };
  const retest = { step: 'retest', secondPerson: 'zhao', values: { blind_code: 'B-17' } };

  test('nothing is resolved before all of them are done', () => {
    const story = handled();
    expect(refusedBy(story, resolveCase, { outcome: 'remedied' })).toBe('STEP_OPEN');
    story.sends(completeRequiredStep, retest);
    story.sends(completeRequiredStep, { step: 'confirm' }, undefined, { actor: supervisor });
    story.sends(resolveCase, { outcome: 'remedied' });
  });

  test('two people, a blind code, the order, and the post are asked for', () => {
    const story = handled();
    const refused = (command: object, actor = agent) => refusedBy(story, completeRequiredStep, command as never, actor);
    expect(refused({ ...retest, secondPerson: undefined })).toBe('SECOND_PERSON_NEEDED');
    expect(refused({ ...retest, secondPerson: 'li' })).toBe('SECOND_PERSON_IS_FIRST');
    expect(refused({ step: 'retest', secondPerson: 'zhao' })).toBe('FIELDS_MISSING');
    expect(refused({ step: 'confirm' }, supervisor)).toBe('STEP_TOO_EARLY');
    expect(refused({ step: 'dance' })).toBe('UNKNOWN_STEP');
    story.sends(completeRequiredStep, retest);
    expect(refused({ step: 'confirm' })).toBe('POST_NEEDED');
    expect(refused(retest)).toBe('STEP_DONE');
  });
});

test('H-5: where the matrix names a post, its holder approves, whatever the role of others', () => {
  const matrix = PLAIN.replace('id: H-5.small,', 'id: H-5.small, approverPost: unit_head,');
  const policy = loadPack(matrix, 'pack.yaml').withPosts({ ...NOBODY, holders: () => ['zhou'] });
  const story = received(policy);
  story.sends(acceptCase, {});
  const { compensationId } = story.sends(proposeCompensation, { amountCents: 100 }) as { compensationId: string };
  expect(refusedBy(story, approveCompensation, { compensationId }, supervisor)).toBe('APPROVER_POST_NEEDED');
  story.sends(approveCompensation, { compensationId }, undefined, { actor: by('zhou', 'supervisor') });
});

describe('section 12: forms', () => {
  const forms = pack(`
forms:
  - id: opinion
    label: { zh: 投诉處理結果客戶反饋登記表, en: Customer’s opinion }
    fields:
      - { id: satisfied, label: { zh: 满意, en: Satisfied }, type: yes_no, required: true }
      - { id: words, label: { zh: 意见, en: Words }, personal: true }
    source: 'H-6 [L]'
`);
  test('a form filled is an event; free words are sealed and mention the complainant', () => {
    const story = received(forms);
    const { formId } = story.sends(fillForm, { form: 'opinion', values: { satisfied: true, words: '很好' } });
    const { data, personal } = story.last('FormFilled');
    expect(data).toEqual({ formId, form: 'opinion', values: { satisfied: true }, given: ['satisfied', 'words'] });
    expect(personal['values']!.mentions).toEqual([story.state.parties[0]!.partyId]);
    expect(story.state.given).toContain('opinion');
  });

  test('an unknown form, an unknown field and a missing one are refused', () => {
    const story = received(forms);
    expect(refusedBy(story, fillForm, { form: 'x', values: {} })).toBe('UNKNOWN_FORM');
    expect(refusedBy(story, fillForm, { form: 'opinion', values: { words: 'x' } })).toBe('FIELDS_MISSING');
    expect(refusedBy(story, fillForm, { form: 'opinion', values: { satisfied: true, x: 1 } })).toBe('UNKNOWN_FIELD');
  });
});

describe('H-7: work contact sheets', () => {
  test('H-8: the case does not close while one of its sheets is open', () => {
    const story = received(pack(''));
    story.sends(acceptCase, {});
    const { sheetId } = story.sends(requestSheet, { kind: 'work_sheet', unit: 'design', text: '请改图' }) as {
      sheetId: string;
    };
    story.sends(resolveCase, { outcome: 'remedied' });
    story.sends(recordReturnVisit, { channel: 'phone', reached: true });
    expect(refusedBy(story, closeCase, {})).toBe('SHEET_OPEN');
    story.sends(finishSheet, { sheetId, outcome: 'done' }, undefined, { actor: ENGINE });
    story.sends(closeCase, {});
  });
});

describe('R-2: a repeat is a ground', () => {
  const repeats = loadPack(
    PLAIN.replace(
      'severities:\n',
      "severities:\n  - { id: S-1.repeat, severity: important, when: '\"same\" in case.repeats', source: 'S-1 [G]' }\n",
    ) +
      "\nrepeats: [{ id: same, label: { zh: 重复, en: Same }, same: [category], window: 1mo, atLeast: 3, distinctComplainants: true, source: 'S-1 [G]' }]\n",
    'pack.yaml',
  );
  const match = (story: Story, ...cases: string[]) =>
    story.sends(matchRepeats, { rule: 'same', cases, complainants: 3 }, undefined, { actor: ENGINE });

  test('S-1: it makes the case important, with the finding as evidence; told again nothing happens', () => {
    const story = received(repeats);
    match(story, 'a', 'b');
    const found = story.last('RepeatFound');
    expect(story.last('SeverityRaised').data).toMatchObject({
      to: 'important',
      ground: { rule: 'S-1.repeat', evidence: [found.id] },
    });
    story.happened();
    match(story, 'a', 'b');
    expect(story.happened()).toEqual([]);
  });

  test('R-4, S-3: found no more, its ground falls, on record', () => {
    const story = received(repeats);
    match(story, 'a', 'b');
    match(story);
    expect(story.last('SeverityLowered').data).toMatchObject({ from: 'important', to: 'general' });
    expect(story.state.repeats).toEqual([]);
  });

  test('S-3: a closed case is raised on record, without reopening', () => {
    const story = received(repeats);
    story.sends(acceptCase, {});
    story.sends(giveReply, { channel: 'phone', text: 'x' });
    story.sends(resolveCase, { outcome: 'remedied' });
    story.sends(recordReturnVisit, { channel: 'phone', reached: true });
    story.sends(closeCase, {});
    match(story, 'a', 'b');
    expect(story.state).toMatchObject({ phase: 'closed', severity: 'important' });
  });

  test('R-3: what a person dismissed no matching brings back', () => {
    const story = received(repeats);
    match(story, 'a', 'b');
    story.sends(dismissRepeat, { rule: 'same', otherCaseId: 'a', reasonCode: 'other_lift' });
    match(story, 'a', 'b');
    expect(story.state.repeats).toMatchObject([{ cases: ['b'] }]);
    expect(refusedBy(story, dismissRepeat, { rule: 'same', otherCaseId: 'a', reasonCode: 'x' })).toBe('NOT_A_REPEAT');
  });
});

test('issue 10.8: every move is told with the reason why it is not legal', () => {
  const story = received(pack(''));
  const moves = movesOf(story.state, { actor: agent, policy: story.desk.policy });
  expect(moves).toContainEqual({ command: 'AcceptCase', legal: true });
  expect(moves).toContainEqual({ command: 'ResolveCase', legal: false, code: 'CASE_NOT_ACCEPTED' });
  expect(moves.map(({ command }) => command)).not.toContain('SettleCase');
  story.sends(acceptCase, {});
  story.sends(resolveCase, { outcome: 'remedied' });
  expect(movesOf(story.state, { actor: agent, policy: story.desk.policy })).toContainEqual({
    command: 'CloseCase',
    legal: false,
    code: 'RETURN_VISIT_MISSING',
    obstacles: [
      {
        code: 'RETURN_VISIT_MISSING',
        rule: 'V-1',
        label: { zh: '回访', en: 'Return visit' },
        source: 'V-1 [G]; attempts ·',
      },
    ],
  });
});

test('issue 10.8: a refusal names as legal exactly those moves that are, for who was refused', () => {
  const story = received(pack(''));
  story.sends(acceptCase, {});
  story.sends(resolveCase, { outcome: 'remedied' });
  const refusal = story.desk.send(closeCase, {});
  const moves = movesOf(story.state, { actor: agent, policy: story.desk.policy });
  expect(refusal).toMatchObject({ code: 'RETURN_VISIT_MISSING', facts: { phase: 'resolved' } });
  const { legal } = (refusal as Refusal).facts;
  expect(legal).toEqual(moves.filter((it) => it.legal).map(({ command }) => command));
  expect(legal).toContain('RecordReturnVisit');
  expect(legal).not.toContain('CloseCase');
  // Only those above an agent archive or move a case.
  expect(legal).not.toContain('MoveCaseToPolicy');
});
