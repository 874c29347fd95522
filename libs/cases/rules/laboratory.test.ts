import { describe, expect, test } from '@jest/globals';
import { packWith, shippedPack } from '#policy/testing';
import { NOBODY, type Policy } from '#policy';
import {
  acceptCase,
  classifyCase,
  closeCase,
  completeRequiredStep,
  escalateCase,
  fillForm,
  giveReply,
  notifyCustomer,
  receiveCase,
  recordInvestigation,
  reopenCase,
  reportUp,
  resolveCase,
} from '../index.js';
import { by, complaintOn, gradedBy, MONDAY, refused, Story, toldIn } from '../testing/index.js';

const POSTS: Readonly<Record<string, string>> = { quality_head: 'qian', authorised_signatory: 'sun' };
const holders = { ...NOBODY, holders: (post: string) => (POSTS[post] === undefined ? [] : [POSTS[post]]) };
const laboratory = shippedPack('laboratory').withPosts(holders);
const at = (day: number, month = 1): string =>
  `2026-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T01:00:00.000Z`;
const APPEAL = {
  kind: 'complaint',
  channel: 'letter',
  content: '对检测结果有异议',
  category: 'test_data',
  fields: {
    in_writing: true,
    report: 'R-2026-17',
    report_received_on: '2026-01-02',
    grounds: '与另一份报告不符',
    evidence: '附件',
  },
} as const;
const appeal = (fields: object = {}, pack: Policy = laboratory, when = MONDAY): Story => {
  const story = new Story(pack);
  story.sends(receiveCase, { ...APPEAL, fields: { ...APPEAL.fields, ...fields } } as never, when);
  return story;
};

describe('I-5 [L]: appeals against test results', () => {
  test('on the tenth day after the report it is taken, on the eleventh it is declined, the reason on record', () => {
    expect(appeal({ report_received_on: '2025-12-26' }).state.phase).toBe('received');
    const late = appeal({ report_received_on: '2025-12-25' });
    expect(late.last('CaseDeclined').data).toMatchObject({ reasonCode: 'APPEAL_TOO_LATE', rule: 'I-5.late' });
  });

  test('an unwritten one is declined', () => {
    expect(appeal({ in_writing: false }).last('CaseDeclined').data.reasonCode).toBe('APPEAL_NOT_IN_WRITING');
  });

  test('the number is the pack’s: with 12 days the eleventh is in time', () => {
    const lenient = packWith('laboratory', '> 10', '> 12');
    expect(appeal({ report_received_on: '2025-12-25' }, lenient).state.phase).toBe('received');
  });

  test('general complaints have neither limit', () => {
    const story = new Story(laboratory);
    story.sends(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x', category: 'general_affairs' });
    expect(story.state.phase).toBe('received');
  });

  test('grounds and evidence are asked for before it is accepted', () => {
    const story = new Story(laboratory);
    const { grounds: _none, ...fields } = APPEAL.fields;
    story.sends(receiveCase, { ...APPEAL, fields } as never);
    expect(refused(story, acceptCase, {})).toBe('INTAKE_INCOMPLETE');
  });
});

test('I-12 [L]: the quality head is told at once', () => {
  const story = appeal();
  story.expects('I-12', { budget: 'immediately', dueAt: '2026-01-05T01:30:00.000Z' });
  story.sends(reportUp, { to: 'qian', duty: 'I-12', text: 'x' });
  story.expects('I-12', { state: 'met' });
});

describe('K-6 [L]', () => {
  test('the result of the re-test in writing within 15 days of acceptance', () => {
    const story = appeal();
    story.sends(acceptCase, {}, at(7));
    story.expects('K-6', { countsFrom: 'accepted', startsAt: at(7), dueAt: at(22), budget: '15d' });
  });

  test('an urgent appeal is answered within 3 working days, over a weekend that is worked (调休)', () => {
    // Wednesday 11 February 2026: Saturday the 14th is a make-up workday before the Spring Festival, Sunday begins it.
    const story = appeal({ urgent: true, report_received_on: '2026-02-10' }, laboratory, at(11, 2));
    story.expects('K-6.urgent', { budget: '3bd', dueAt: at(14, 2) });
    story.sends(giveReply, { channel: 'letter', text: 'x' }, at(14, 2));
    story.expects('K-6.urgent', { state: 'met' });
  });

  test('what turns out to be urgent counts from then', () => {
    const story = appeal();
    story.sends(classifyCase, { fields: { urgent: true } }, at(8));
    story.expects('K-6.urgent', { startsAt: at(8) });
  });
});

describe('H-4 [L]: the re-test', () => {
  const accepted = (): Story => {
    const story = appeal();
    story.sends(acceptCase, {});
    story.sends(recordInvestigation, { justification: 'justified' });
    return story;
  };
  const retest = {
    step: 'retest',
    secondPerson: 'zhou',
    values: { blind_code: 'B-17', sample: 'original', retest_result: 'wrong' },
  };
  const opined = (): Story => {
    const story = accepted();
    story.sends(completeRequiredStep, { step: 'preliminary_opinion' }, undefined, { actor: by('qian', 'supervisor') });
    return story;
  };

  test('H-1: under the quality head, who approves the preliminary opinion', () => {
    expect(refused(accepted(), completeRequiredStep, { step: 'preliminary_opinion' })).toBe('POST_NEEDED');
    expect(refused(accepted(), completeRequiredStep, retest as never)).toBe('STEP_TOO_EARLY');
  });

  test('two people at the same time, under a blind code', () => {
    expect(refused(opined(), completeRequiredStep, { ...retest, secondPerson: undefined } as never)).toBe(
      'SECOND_PERSON_NEEDED',
    );
    const { blind_code: _code, ...values } = retest.values;
    expect(refused(opined(), completeRequiredStep, { ...retest, values } as never)).toBe('FIELDS_MISSING');
  });

  test('confirmed: the report stands, and the case may be resolved', () => {
    const story = opined();
    story.sends(completeRequiredStep, { ...retest, values: { ...retest.values, retest_result: 'confirmed' } } as never);
    story.sends(resolveCase, { outcome: 'not_justified' });
  });

  test('wrong: approved by the signatory, recalled, voided, corrected and marked before anything is resolved', () => {
    const story = opined();
    story.sends(completeRequiredStep, retest as never);
    expect(refused(story, resolveCase, { outcome: 'remedied' })).toBe('STEP_OPEN');
    expect(refused(story, completeRequiredStep, { step: 'correction_approved' })).toBe('POST_NEEDED');
    story.sends(completeRequiredStep, { step: 'correction_approved' }, undefined, { actor: by('sun', 'supervisor') });
    story.sends(completeRequiredStep, { step: 'report_recalled' });
    story.sends(completeRequiredStep, { step: 'report_voided' });
    expect(refused(story, resolveCase, { outcome: 'remedied' })).toBe('STEP_OPEN');
    story.sends(completeRequiredStep, {
      step: 'corrected_report_issued',
      values: { corrected_report: 'R-2026-17-C1', marked: true },
    });
    story.sends(resolveCase, { outcome: 'remedied' });
  });
});

describe('H-6 [L]: outcome and opinion', () => {
  const resolved = (): Story => {
    const story = new Story(laboratory);
    story.sends(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x', category: 'general_affairs' });
    story.sends(acceptCase, {});
    expect(refused(story, resolveCase, { outcome: 'explained' })).toBe('JUSTIFICATION_MISSING');
    story.sends(recordInvestigation, { justification: 'not_justified' });
    story.sends(resolveCase, { outcome: 'explained' });
    return story;
  };

  test('told in writing, and the customer’s opinion asked in writing and kept; V-1: there is no return visit', () => {
    const story = resolved();
    expect(refused(story, closeCase, {})).toBe('WRITTEN_NOTICE_MISSING');
    story.sends(notifyCustomer, { channel: 'phone', inWriting: false, text: 'x' });
    expect(refused(story, closeCase, {})).toBe('WRITTEN_NOTICE_MISSING');
    story.sends(notifyCustomer, { channel: 'letter', inWriting: true, text: 'x' });
    expect(refused(story, closeCase, {})).toBe('OPINION_MISSING');
    story.sends(fillForm, { form: 'opinion', values: { satisfied: true, opinion: '可以' } });
    story.sends(closeCase, {});
  });

  test('H-9: dissatisfied, it is investigated again', () => {
    const story = resolved();
    story.sends(reopenCase, { reasonCode: 'dissatisfied' });
    expect(story.state).toMatchObject({ phase: 'handling', reopenCount: 1 });
  });

  test('H-9: taken up again, the opinion on the new result is asked anew', () => {
    const story = resolved();
    story.sends(notifyCustomer, { channel: 'letter', inWriting: true, text: 'x' });
    story.sends(fillForm, { form: 'opinion', values: { satisfied: false, opinion: '不满意' } });
    story.sends(reopenCase, { reasonCode: 'dissatisfied' });
    story.sends(resolveCase, { outcome: 'remedied' });
    story.sends(notifyCustomer, { channel: 'letter', inWriting: true, text: 'x' });
    expect(refused(story, closeCase, {})).toBe('OPINION_MISSING');
    story.sends(fillForm, { form: 'opinion', values: { satisfied: true, opinion: '可以' } });
    story.sends(closeCase, {});
  });
});

test('H-2 [L]: a head investigates the own department', () => {
  const story = new Story(laboratory);
  const against = { ...APPEAL, against: ['head'], firstReceiver: 'head' };
  story.sends(receiveCase, against as never);
  story.sends(acceptCase, {}, undefined, { actor: by('head') });
});

describe('H-5 [L]: compensation', () => {
  const GENERAL = { kind: 'complaint', channel: 'phone', content: 'x', category: 'general_affairs' } as const;
  const closing = (justification: 'justified' | 'not_justified', economic_loss: boolean): Story => {
    const story = new Story(laboratory);
    story.sends(receiveCase, { ...GENERAL, fields: { economic_loss } });
    story.sends(acceptCase, {});
    story.sends(recordInvestigation, { justification });
    story.sends(resolveCase, { outcome: 'explained' });
    story.sends(notifyCustomer, { channel: 'letter', inWriting: true, text: 'x' });
    story.sends(fillForm, { form: 'opinion', values: { satisfied: true, opinion: 'x' } });
    return story;
  };

  test('a justified complaint that caused economic loss is negotiated about before it is closed', () => {
    const story = closing('justified', true);
    expect(refused(story, closeCase, {})).toBe('STEP_OPEN');
    story.sends(completeRequiredStep, { step: 'compensation_negotiated', text: '协商一致' });
    story.sends(closeCase, {});
    closing('justified', false).sends(closeCase, {});
    closing('not_justified', true).sends(closeCase, {});
  });

  test('whoever is the director approves it', () => {
    expect(laboratory.approval({ amountCents: 1, severity: 'general' })).toMatchObject({
      approverPost: 'laboratory_director',
    });
  });
});

test('H-7 [L]: nonconforming work is opened as a sheet of its own, and corrected within the time of the pack', () => {
  const sheet = (pack: Policy): Story => {
    const story = new Story(pack);
    story.sends(receiveCase, { kind: 'nonconformity', channel: 'return_visit', content: 'x', unit: 'sampling' });
    return story;
  };
  sheet(
    packWith(
      'laboratory',
      'budget: 10bd\n    calendar: office\n    startsOn: [{ event: CaseReceived }]',
      'budget: 9bd\n    calendar: office\n    startsOn: [{ event: CaseReceived }]',
    ),
  ).expects('H-7.nonconformity', { dueAt: at(16) });
  const story = sheet(laboratory).expects('H-7.nonconformity', { budget: '10bd', dueAt: at(19) });
  // What customers are owed is not owed to a sheet.
  expect(story.state.clocks.map(({ clock }) => clock)).toEqual(['H-7.nonconformity']);
  story.sends(acceptCase, {});
  story.sends(resolveCase, { outcome: 'settled' }, at(19));
  story.expects('H-7.nonconformity', { state: 'met' });
  story.sends(closeCase, {});
});

test('E-1, H-1 [L]: what a department cannot handle goes to the office, then to the director', () => {
  const office = (pack: Policy, until: string): readonly (readonly string[])[] => {
    const story = new Story(pack);
    story.sends(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x', category: 'general_affairs' });
    story.sends(escalateCase, { reasonCode: 'too_hard', chain: 'office' });
    story.passes(until);
    return story.state.escalations.filter((it) => it.chain === 'office').map(({ recipients }) => recipients);
  };
  expect(office(laboratory, '2026-01-06T01:00:00.000Z')).toEqual([['office_head']]);
  expect(office(laboratory, '2026-01-06T01:00:00.001Z')).toEqual([['office_head'], ['laboratory_director']]);
  const patient = packWith(
    'laboratory',
    'to: [office_head], acknowledgeWithin: 1bd',
    'to: [office_head], acknowledgeWithin: 2bd',
  );
  expect(office(patient.withPosts(holders), '2026-01-06T01:00:00.001Z')).toHaveLength(1);
});

test('R-1 [L]: complaints about the same report are linked, however long after; they make nothing graver', () => {
  const graded = gradedBy(laboratory, 'R-1.same-report', complaintOn('01-15', 'a'), complaintOn('11-15', 'b'));
  expect(graded).toEqual(['general', 'general']);
  expect(laboratory.repeats.map(({ same, window }) => [same, window])).toEqual([[['field.report'], undefined]]);
});

test('section 12 [L]: the registers, with the fields that the documents name', () => {
  const named = laboratory.forms.map(({ label, fields }) => [label.zh, fields.map((field) => field.id)]);
  expect(named).toEqual([
    ['抱怨申述登記表', ['grounds', 'evidence']],
    ['抱怨受理登記表', ['accepted', 'result']],
    ['投訴受理登記表', ['content', 'department']],
    ['客戶投訴處理登記表', ['cause', 'measures', 'result']],
    ['投訴處理結果客戶反饋登記表', ['satisfied', 'opinion']],
  ]);
});

test('I-12, E-1 [L]: the quality head is told of every complaint at once, and whom an escalation calls in', () => {
  const story = appeal();
  expect(toldIn(story)).toEqual(['I-12: quality_head!']);
  story.sends(escalateCase, { reasonCode: 'too_hard', chain: 'office' });
  expect(toldIn(story).at(-1)).toBe('E-1: recipients');
});
