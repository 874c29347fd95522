import { describe, expect, test } from '@jest/globals';
import { packWith, shippedPack } from '#policy/testing';
import { isRefusal } from '#kernel';
import {
  acceptCase,
  closeCase,
  fillForm,
  matchRepeats,
  proposeCompensation,
  receiveCase,
  recordReturnVisit,
  reportUp,
  resolveCase,
  verifyIdentity,
} from '../index.js';
import { ENGINE } from '#kernel';
import { at, by, complaintOn as on, gradedBy, MONDAY, Story, toldIn } from '../testing/index.js';

const dealer = shippedPack('dealer');
const record = {
  kind: 'complaint',
  channel: 'walk_in',
  content: '堵门',
  complainant: { name: '陈先生', phone: '13800000000' },
  fields: { model: 'X3', plate: '沪A12345' },
} as const;
const received = (more: object = {}, pack = dealer): Story => {
  const story = new Story(pack);
  story.sends(receiveCase, { ...record, ...more } as never, MONDAY);
  return story;
};
const reports = (story: Story, duty: string, when: string): void =>
  void story.sends(reportUp, { to: duty, duty, text: 'x' }, when);

describe('S-2 [D]: what makes a complaint major', () => {
  test.each([
    ['manufacturer_complaint'],
    ['door_blocked'],
    ['disturbance'],
    ['return_or_exchange'],
    ['media'],
    ['wide_influence'],
    ['vile_nature'],
  ])('%s', (circumstance) => {
    const story = received({ circumstances: [circumstance] });
    expect(story.state).toMatchObject({ severity: 'major', grounds: [{ source: 'S-2 [D]' }] });
  });

  test('a repeat complaint', () => {
    const story = received();
    story.sends(matchRepeats, { rule: 'R-1.same-customer', cases: ['other'], complainants: 1 }, undefined, {
      actor: ENGINE,
    });
    expect(story.state.severity).toBe('major');
  });

  test('anything else is not', () => expect(received().state.severity).toBe('general'));
});

describe('K-4 [D]: reporting a major complaint', () => {
  const blocked = (more: object = {}, pack = dealer) => received({ circumstances: ['door_blocked'], ...more }, pack);

  test('department head and general manager at once, brand division and legal within 24 hours', () => {
    const story = blocked();
    for (const clock of ['K-4.department-head', 'K-4.general-manager']) {
      story.expects(clock, { budget: 'immediately', dueAt: at(5, '01:30:00.000') });
    }
    for (const clock of ['K-4.brand-division', 'K-4.legal']) story.expects(clock, { budget: '24h', dueAt: at(6) });
    reports(story, 'K-4.department-head', at(5, '01:10:00.000'));
    story.expects('K-4.department-head', { state: 'met' }).expects('K-4.general-manager', { state: 'running' });
  });

  test('the brand division then promptly the vice president and the chief executive', () => {
    const story = blocked();
    reports(story, 'K-4.brand-division', at(5, '10:00:00.000'));
    story.expects('K-4.operations-vp', { startsAt: at(5, '10:00:00.000'), dueAt: at(5, '14:00:00.000') });
    story.passes(at(6)).expects('K-4.chief-executive', { state: 'missed' });
    expect(story.desk.events.filter(({ type }) => type === 'DeadlineMissed').at(-1)!.data).toMatchObject({
      owedBy: expect.any(Array),
    });
  });

  test('the manufacturer by its own rule; a case without one owes it nothing', () => {
    blocked({ fields: { ...record.fields, manufacturer: 'maker_a' } }).expects('K-4.manufacturer', {
      dueAt: at(5, '13:00:00.000'),
    });
    blocked({ fields: { ...record.fields, manufacturer: 'maker_b' } }).expects('K-4.manufacturer', { dueAt: at(6) });
    expect(blocked().state.clocks.map(({ clock }) => clock)).not.toContain('K-4.manufacturer');
  });

  test('a missed report names the receiver, who should have made it', () => {
    const story = blocked({ firstReceiver: 'sun' }).passes(at(5, '02:00:00.000'));
    expect(story.last('DeadlineMissed').data.owedBy).toEqual(['sun']);
  });

  test('the numbers are the pack’s: with 12 hours for legal the same report is late', () => {
    const strict = packWith(
      'dealer',
      'label: { zh: 报告法务, en: Legal told }\n    budget: 24h',
      'label: { zh: 报告法务, en: Legal told }\n    budget: 12h',
    );
    for (const [pack, state] of [
      [dealer, 'met'],
      [strict, 'missed'],
    ] as const) {
      const story = blocked({}, pack);
      reports(story, 'K-4.legal', at(5, '20:00:00.000'));
      story.expects('K-4.legal', { state });
    }
  });
});

test('S-5 [D]: a crisis team that the general manager calls', () => {
  const story = received({ circumstances: ['media'] });
  expect(story.last('CaseEscalated').data).toMatchObject({ chain: 'crisis-team', recipients: ['general_manager'] });
});

describe('K-5 [D]: a complaint that the group’s call centre passed on', () => {
  test('the result goes back within 24 hours of handling, and the group makes the visit', () => {
    const story = received({ channel: 'group_call_centre' });
    story.sends(acceptCase, {});
    story.sends(resolveCase, { outcome: 'remedied' }, at(7));
    story.expects('K-5.result', { dueAt: at(8), budget: '24h' });
    reports(story, 'K-5.result', at(8));
    story.expects('K-5.result', { state: 'met' });
    story.sends(recordReturnVisit, { channel: 'phone', reached: true, satisfied: true }, at(10));
    story.expects('K-5.visit', { state: 'met' });
  });

  test('others owe the call centre nothing', () => {
    const story = received();
    story.sends(acceptCase, {});
    story.sends(resolveCase, { outcome: 'remedied' });
    expect(story.state.clocks.map(({ clock }) => clock)).not.toContain('K-5.result');
  });
});

test('H-2 [D]: the receptionist who is complained about is refused', () => {
  const story = received({ firstReceiver: 'sun', against: ['sun'] });
  const answer = story.desk.send(acceptCase, {}, { actor: by('sun') });
  expect(isRefusal(answer) && answer.code).toBe('HANDLER_RECUSED');
});

test('I-4 [D]: identity is verified right after recording; who is not found is not refused', () => {
  const story = received();
  story.expects('I-4', { dueAt: at(5, '01:30:00.000') });
  story.sends(verifyIdentity, { result: 'not_found' }, at(5, '01:15:00.000'));
  story.expects('I-4', { state: 'met' });
  story.sends(acceptCase, {});
});

test('I-2 [D]: name, phone, model and plate are asked for before the case is taken on', () => {
  const story = received({ fields: { model: 'X3' } });
  expect(story.desk.send(acceptCase, {})).toMatchObject({ code: 'INTAKE_INCOMPLETE' });
});

describe('H-5 [D]: compensation along the authority matrix', () => {
  const ruled = (amountCents: number, more: object = {}, pack = dealer): unknown => {
    const story = received(more, pack);
    story.sends(acceptCase, {});
    story.sends(proposeCompensation, { amountCents });
    return story.last('CompensationProposed').data.ruling;
  };

  test('by amount and severity, each with the role that approves', () => {
    expect(ruled(200_000)).toMatchObject({ rule: 'H-5.small', approverRole: 'supervisor' });
    expect(ruled(200_001)).toMatchObject({ rule: 'H-5.large', approverRole: 'administrator' });
    expect(ruled(100, { circumstances: ['media'] })).toMatchObject({ rule: 'H-5.large' });
  });

  test('the amount is the pack’s', () => {
    const small = packWith('dealer', 'upToCents: 200000', 'upToCents: 99');
    expect(ruled(100, {}, small)).toMatchObject({ rule: 'H-5.large' });
  });
});

test('R-1 [D]: the same customer about the same matter again within three months, which makes both major', () => {
  const graded = (pack = dealer) => gradedBy(pack, 'R-1.same-customer', on('01-15', 'a'), on('04-15', 'a'));
  expect(graded()).toEqual(['major', 'major']);
  expect(graded(packWith('dealer', 'window: 3mo', 'window: 2mo'))).toEqual(['general', 'general']);
  expect(gradedBy(dealer, 'R-1.same-customer', on('01-15', 'a'), on('04-16', 'a'))).toEqual(['general', 'general']);
});

test('V-1 [D]: nothing is closed without a return visit; who is not reached is tried three times', () => {
  const story = received();
  story.sends(acceptCase, {});
  story.sends(resolveCase, { outcome: 'remedied' });
  for (let visit = 1; visit <= 3; visit++) {
    expect(story.desk.send(closeCase, {})).toMatchObject({ code: 'RETURN_VISIT_MISSING' });
    story.sends(recordReturnVisit, { channel: 'phone', reached: false });
  }
  story.sends(closeCase, {});
});

test('section 12 [D]: the complaint record holds name, phone, model, plate and content, and that identity was checked', () => {
  const [form] = dealer.forms;
  const required = ['name', 'phone', 'model', 'plate', 'content', 'identity_checked'];
  expect([form!.id, form!.fields.filter((it) => it.required).map((it) => it.id)]).toEqual([
    'complaint_record',
    required,
  ]);
  const story = received();
  const { model: _left, ...values } = { name: 'x', phone: '1', model: 'X3', plate: 'x', content: 'x' };
  const filled = { form: 'complaint_record', values: { ...values, identity_checked: true } };
  expect(story.desk.send(fillForm, filled)).toMatchObject({ code: 'FIELDS_MISSING' });
});

describe('who is told [D]', () => {
  test('I-12: the customer relations manager at once, when the call centre passes a complaint on', () => {
    expect(toldIn(received({ channel: 'group_call_centre' }))).toEqual([
      'I-12.call-centre: customer_relations_manager!',
    ]);
    expect(toldIn(received())).toEqual([]);
  });

  test('S-5, K-4: the crisis team and who owes the reports, at once; who missed one, and to whom it was made', () => {
    const story = received({ circumstances: ['door_blocked'] });
    expect([...toldIn(story)].sort()).toEqual(['K-4.duty: receiver!', 'S-5.crisis-team: recipients!']);
    reports(story, 'K-4.legal', at(5, '01:10:00.000'));
    expect(toldIn(story).at(-1)).toBe('K-4.reported: recipients!');
    expect(toldIn(story.passes(at(5, '01:31:00.000')))).toContain('K-4.missed: recipients!');
  });
});
