import { beforeEach, describe, expect, test } from '@jest/globals';
import { isRefusal, type Refusal } from '#kernel';
import { loadPack } from '#policy';
import { packText, shippedPack } from '#policy/testing';
import {
  addContact,
  assignLiaison,
  assignTier,
  correctContact,
  correctDetails,
  establishQuality,
  listSpecialOwner,
  recordMilestone,
  registerCustomer,
  removeContact,
  reviewFile,
  unlistSpecialOwner,
  withdrawMilestone,
  withdrawQuality,
  type CustomerDecide,
} from './index.js';
import { FileDesk, supervisor } from './testing/index.js';

const MONDAY = '2026-01-05T01:00:00.000Z';
const details = { name: '王芳', phone: '13800138000' };

let desk: FileDesk;
beforeEach(() => {
  desk = new FileDesk(shippedPack('group'), MONDAY);
  desk.does(registerCustomer, { details });
});

function refusal<C>(decide: CustomerDecide<C>, command: C, sent: Parameters<FileDesk['send']>[2] = {}): string {
  const answer = desk.send(decide, command, sent);
  if (!isRefusal(answer)) throw new Error('it was taken');
  return (answer as Refusal).code;
}

const last = (count: number) => desk.events.slice(-count).map(({ type, data }) => ({ type, data }));

test('C-1: a file is opened with all that is known at once; the log says which fields, not what stands in them', () => {
  const file = new FileDesk(shippedPack('group'), MONDAY);
  const answer = file.does(registerCustomer, {
    kind: 'company',
    details,
    tier: 'important',
    qualityGrounds: ['referral'],
    specialOwner: ['soldiers_family'],
    contacts: [{ name: '李强' }],
    milestones: [{ milestone: 'signed', reachedAt: '2026-01-04T01:00:00.000Z' }],
  });
  expect(file.events.map(({ type }) => type)).toEqual([
    'CustomerRegistered',
    'FileDutySet',
    'TierAssigned',
    'QualityEstablished',
    'SpecialOwnerListed',
    'ContactAdded',
    'MilestoneReached',
    'VisitScheduled',
  ]);
  expect(answer).toEqual({ partyId: file.state.partyId });
  expect(file.state).toMatchObject({ kind: 'company', tier: 'important', special: true, given: ['name', 'phone'] });
  expect(JSON.stringify(file.events.map(({ data }) => data))).not.toMatch(/王芳|13800138000|soldiers/);
});

test.each<[string, object, string]>([
  ['a tier', { details, tier: 'platinum' }, 'UNKNOWN_TIER'],
  ['a ground of quality', { details, qualityGrounds: ['rich'] }, 'UNKNOWN_QUALITY_GROUND'],
  ['a group of owners', { details, specialOwner: ['tall'] }, 'UNKNOWN_SPECIAL_OWNER'],
  ['a milestone', { details, milestones: [{ milestone: 'born' }] }, 'UNKNOWN_MILESTONE'],
])('C-1: %s that the pack does not know is refused, with those it knows', (_, command, code) => {
  const answer = new FileDesk(shippedPack('group'), MONDAY).send(registerCustomer, command as never);
  expect(answer).toMatchObject({ code, facts: { allowed: expect.arrayContaining([expect.any(String)]) } });
});

test('C-1: a file without a name is refused', () => {
  expect(refusal(registerCustomer, { details: { phone: '1' } })).toBe('NAME_MISSING');
});

test('C-1: the tier is that of the pack, with its source; the same again is not told again', () => {
  desk.does(assignTier, { tier: 'important' });
  expect(last(1)).toEqual([{ type: 'TierAssigned', data: { tier: 'important', source: '·' } }]);
  desk.does(assignTier, { tier: 'important' });
  expect(desk.events.filter(({ type }) => type === 'TierAssigned')).toHaveLength(1);
});

describe('C-1: quality customers, the ground kept', () => {
  test('a person says so, and takes it back', () => {
    desk.does(establishQuality, { ground: 'referral' });
    expect(last(1)).toEqual([
      { type: 'QualityEstablished', data: { ground: 'referral', by: 'person', source: 'C-1 [G]' } },
    ]);
    expect(refusal(establishQuality, { ground: 'referral' })).toBe('QUALITY_KNOWN');
    desk.does(withdrawQuality, { ground: 'referral' });
    expect(desk.state.quality).toEqual([]);
    expect(refusal(withdrawQuality, { ground: 'referral' })).toBe('QUALITY_NOT_ESTABLISHED');
  });

  test('two purchases are found by counting them, and fall when one was none', () => {
    desk.does(recordMilestone, { milestone: 'signed' });
    expect(desk.state.quality).toEqual([]);
    const { milestoneId } = desk.does(recordMilestone, { milestone: 'signed' });
    expect(desk.state.quality).toEqual([{ ground: 'two_purchases', by: 'milestones' }]);
    desk.does(withdrawMilestone, { milestoneId: milestoneId as string, reasonCode: 'entered_twice' });
    expect(desk.state.quality).toEqual([]);
  });

  test('what a person said is not taken back by counting', () => {
    desk.does(establishQuality, { ground: 'two_purchases' });
    const { milestoneId } = desk.does(recordMilestone, { milestone: 'signed' });
    desk.does(withdrawMilestone, { milestoneId: milestoneId as string, reasonCode: 'entered_twice' });
    expect(desk.state.quality).toEqual([{ ground: 'two_purchases', by: 'person' }]);
  });
});

test('C-1: special owners are listed apart; which group they are of stands sealed', () => {
  desk.does(listSpecialOwner, { groups: ['elderly_alone'] });
  expect(last(1)).toEqual([{ type: 'SpecialOwnerListed', data: {} }]);
  desk.does(unlistSpecialOwner, {});
  expect(refusal(unlistSpecialOwner, {})).toBe('NOT_LISTED');
});

test('C-2: a superior reviews the file, nobody what they entered; a correction is to be reviewed again', () => {
  expect(refusal(reviewFile, {})).toBe('ROLE_NOT_ALLOWED');
  expect(refusal(reviewFile, {}, { actor: { ...supervisor, id: 'li' } })).toBe('OWN_ENTRY');
  desk.does(reviewFile, {}, { actor: supervisor });
  expect(refusal(reviewFile, {}, { actor: supervisor })).toBe('FILE_REVIEWED');
  desk.does(correctDetails, { details: { ...details, phone: '13900139000' } });
  expect(desk.state.reviewed).toBeUndefined();
  desk.does(reviewFile, {}, { actor: supervisor });
});

describe('C-2: a new customer’s file within one week, reviewed by the superior; the owners’ list yearly', () => {
  const NEXT_MONDAY = '2026-01-12T01:00:00.000Z';
  const review = (at: string) => desk.does(reviewFile, {}, { at, actor: supervisor });

  test('registered: the review is due one week later, which stands in the same append', () => {
    expect(desk.duties()).toEqual([`C-2.new-file open ${NEXT_MONDAY}`]);
    expect(last(1)).toMatchObject([
      { type: 'FileDutySet', data: { duty: 'C-2.new-file', budget: '7d', source: 'C-2 [G]; who owes it ·' } },
    ]);
  });

  test('reviewed at the due instant itself: in time', () => {
    review(NEXT_MONDAY);
    expect(desk.duties()).toEqual([`C-2.new-file met ${NEXT_MONDAY}`]);
  });

  test('a millisecond later: missed at its due instant, once, and met all the same', () => {
    desk.passes('2026-01-12T01:00:00.001Z').passes('2026-02-12T01:00:00.000Z');
    expect(desk.events.filter(({ type }) => type === 'FileDutyMissed')).toMatchObject([
      { meta: { occurredAt: NEXT_MONDAY } },
    ]);
    expect(desk.duties()).toEqual([`C-2.new-file open ${NEXT_MONDAY} missed`]);
    review('2026-02-12T01:00:00.000Z');
    expect(desk.duties()).toEqual([`C-2.new-file met ${NEXT_MONDAY} missed`]);
  });

  test('an owner: a year after each review, however late it was', () => {
    desk.does(recordMilestone, { milestone: 'signed' });
    review('2026-01-06T01:00:00.000Z');
    expect(desk.duties()).toEqual([`C-2.new-file met ${NEXT_MONDAY}`, 'C-2.owners-list open 2027-01-06T01:00:00.000Z']);
    review('2027-02-01T01:00:00.000Z');
    expect(desk.duties().slice(1)).toEqual([
      'C-2.owners-list met 2027-01-06T01:00:00.000Z missed',
      'C-2.owners-list open 2028-02-01T01:00:00.000Z',
    ]);
  });

  test('an owner only since a review: a year from then; no owner any more: nothing is owed', () => {
    review('2026-01-06T01:00:00.000Z');
    const { milestoneId } = desk.does(recordMilestone, { milestone: 'signed' }, { at: '2026-03-02T01:00:00.000Z' });
    expect(desk.duties().at(-1)).toBe('C-2.owners-list open 2027-03-02T01:00:00.000Z');
    desk.does(withdrawMilestone, { milestoneId: milestoneId as string, reasonCode: 'entered_twice' });
    expect(last(2)).toMatchObject([{ type: 'FileDutyCancelled' }, { type: 'VisitCancelled' }]);
    desk.passes('2028-01-01T00:00:00.000Z');
    expect(desk.duties()).toEqual([`C-2.new-file met ${NEXT_MONDAY}`]);
  });

  test('the number is read from the pack: another one, another day', () => {
    const pack = loadPack(
      packText('group').replace('budget: 7d\n      owedBy', 'budget: 3d\n      owedBy'),
      'mine.yaml',
    );
    desk = new FileDesk(pack, MONDAY);
    desk.does(registerCustomer, { details });
    expect(desk.duties()).toEqual(['C-2.new-file open 2026-01-08T01:00:00.000Z']);
  });

  test('C-3: erased, nobody owes the file', () => {
    desk.records({ type: 'SubjectErased', data: { parties: [desk.state.partyId], keyIds: [desk.state.partyId] } });
    desk.passes('2028-01-01T00:00:00.000Z');
    expect(desk.events.at(-1)?.type).toBe('SubjectErased');
  });
});

test('C-1: contacts are added, corrected and removed, each under a key of their own', () => {
  const { contactId } = desk.does(addContact, { details: { name: '李强', position: 'buyer' } }) as {
    contactId: string;
  };
  expect(contactId).not.toBe(desk.state.partyId);
  desk.does(correctContact, { contactId, details: { name: '李强', phone: '1' } });
  desk.does(removeContact, { contactId });
  expect(refusal(removeContact, { contactId })).toBe('UNKNOWN_CONTACT');
});

test('C-2: who keeps the contact and leaves is replaced, and that the customer was told is on record', () => {
  desk.does(assignLiaison, { person: 'chen' });
  desk.does(assignLiaison, { person: 'zhou', inPlaceOf: 'chen', customerTold: true });
  expect(desk.state.liaisons).toEqual(['zhou']);
  expect(refusal(assignLiaison, { person: 'x', inPlaceOf: 'chen' })).toBe('UNKNOWN_LIAISON');
});

test('C-3: a customer who was erased is written about no more', () => {
  desk.records({ type: 'SubjectErased', data: { parties: [desk.state.partyId], keyIds: [desk.state.partyId] } });
  expect(refusal(assignTier, { tier: 'important' })).toBe('CUSTOMER_ERASED');
  expect(refusal(correctDetails, { details })).toBe('CUSTOMER_ERASED');
});

test('K-8: a milestone lies neither in the future nor beyond memory', () => {
  expect(refusal(recordMilestone, { milestone: 'signed', reachedAt: '2026-01-05T01:00:00.001Z' })).toBe(
    'OCCURRED_IN_FUTURE',
  );
  expect(refusal(recordMilestone, { milestone: 'signed', reachedAt: '1899-12-31T00:00:00.000Z' })).toBe('TOO_LONG_AGO');
});
