import { describe, expect, test } from '@jest/globals';
import { receiveCase, recordCustomerStanding, type ReceiveCase } from '#cases';
import { MONDAY, Story } from '#cases/testing';
import { ENGINE } from '#kernel';
import { shippedPack } from '#policy/testing';
import { assignLiaison, assignTier, correctDetails, recordMilestone, registerCustomer, reviewFile } from './index.js';
import { FileDesk, supervisor } from './testing/index.js';

const crm = shippedPack('crm');
const details = { name: '王芳' };

test.each(['important', 'potential', 'general', 'target', 'key'])(
  'C-1 [A F]: %s is a tier of the customer file',
  (tier) => {
    const desk = new FileDesk(crm, MONDAY);
    desk.does(registerCustomer, { details, tier });
    expect(desk.state.tier).toBe(tier);
    expect(desk.send(assignTier, { tier: 'gold' })).toMatchObject({ code: 'UNKNOWN_TIER' });
  },
);

test('V-2: a pack without routine visits has none fall due', () => {
  const desk = new FileDesk(crm, MONDAY);
  desk.does(registerCustomer, { details });
  desk.does(recordMilestone, { milestone: 'signed' });
  desk.passes('2030-01-05T01:00:00.000Z');
  expect(desk.visits()).toEqual([]);
});

describe('C-2 [F]: a new or changed customer within five working days, regular partners every quarter', () => {
  const desk = new FileDesk(crm, MONDAY);
  const review = (at: string) => desk.does(reviewFile, {}, { at, actor: supervisor });
  const dueOf = (duty: string): string | undefined => desk.duties().findLast((it) => it.startsWith(duty));

  test('registered on a Monday: by the next Monday', () => {
    desk.does(registerCustomer, { details });
    expect(desk.duties()).toEqual([
      'C-2.new-file open 2026-01-12T01:00:00.000Z',
      'C-2.registration open 2026-01-12T01:00:00.000Z',
    ]);
  });

  test('corrected meanwhile: no further time is given', () => {
    desk.does(correctDetails, { details }, { at: '2026-01-07T01:00:00.000Z' });
    expect(desk.duties()).toHaveLength(2);
  });

  test('corrected after the review: five working days anew, over a weekend, once', () => {
    review('2026-01-08T01:00:00.000Z');
    expect(desk.state.duties.map(({ state }) => state)).toEqual(['met', 'met']);
    desk.does(correctDetails, { details }, { at: '2026-01-09T01:00:00.000Z' });
    desk.does(correctDetails, { details }, { at: '2026-01-12T01:00:00.000Z' });
    expect(dueOf('C-2.registration')).toBe('C-2.registration open 2026-01-16T01:00:00.000Z');
    expect(desk.duties()).toHaveLength(3);
    desk.passes('2026-02-02T01:00:00.000Z');
    expect(dueOf('C-2.registration')).toMatch(/ missed$/);
  });

  test('a key customer: a quarter from then, and from each review; the tier taken away, no more', () => {
    review('2026-02-02T01:00:00.000Z');
    desk.does(assignTier, { tier: 'key' }, { at: '2026-02-03T01:00:00.000Z' });
    expect(dueOf('C-2.partner-file')).toBe('C-2.partner-file open 2026-05-03T01:00:00.000Z');
    review('2026-04-01T01:00:00.000Z');
    expect(dueOf('C-2.partner-file')).toBe('C-2.partner-file open 2026-07-01T01:00:00.000Z');
    desk.does(assignTier, { tier: 'general' });
    expect(dueOf('C-2.partner-file')).toBe('C-2.partner-file met 2026-05-03T01:00:00.000Z');
    expect(desk.send(reviewFile, {}, { actor: supervisor })).toMatchObject({ code: 'FILE_REVIEWED' });
  });
});

test('C-2 [F]: an important new customer passes the review with two who keep the contact, not before', () => {
  const desk = new FileDesk(crm, MONDAY);
  const review = () => desk.send(reviewFile, {}, { actor: supervisor });
  desk.does(registerCustomer, { details, tier: 'important' });
  desk.does(assignLiaison, { person: 'chen' });
  expect(review()).toMatchObject({
    code: 'TOO_FEW_LIAISONS',
    facts: { rule: 'C-2.two-liaisons', atLeast: 2, liaisons: ['chen'] },
  });
  expect(desk.state.reviewed).toBeUndefined();
  desk.does(assignLiaison, { person: 'zhou' });
  review();
  expect(desk.state.reviewed).toMatchObject({ by: supervisor.id });
});

describe('S-4 [C], C-1: the tier of the customer counts with the urgency of the request', () => {
  const standing = { customerId: 'c-1', quality: false, special: false };
  const urgent = (fields: ReceiveCase['fields']): Story => {
    const story = new Story(crm);
    const said = { kind: 'request', channel: 'email', content: 'x', fields } as ReceiveCase;
    story.sends(receiveCase, said, MONDAY);
    return story;
  };

  test('found to be an important customer, it becomes the first priority; no longer one, it falls back', () => {
    const story = urgent({ urgency: 'high' });
    expect(story.state.priority?.priority).toBe('p3');
    story.sends(recordCustomerStanding, { ...standing, tier: 'important' }, undefined, { actor: ENGINE });
    expect(story.last('PriorityAssigned').data).toMatchObject({ priority: 'p1', rule: 'S-4.important-customer' });
    story.sends(recordCustomerStanding, { ...standing, tier: 'general' }, undefined, { actor: ENGINE });
    expect(story.state.priority?.priority).toBe('p3');
  });

  test('told the same again nothing happens; who is found in no file has no tier', () => {
    const story = urgent({ urgency: 'high' });
    const nobody = { quality: false, special: false };
    story.sends(recordCustomerStanding, nobody, undefined, { actor: ENGINE });
    story.sends(recordCustomerStanding, { ...standing, tier: 'important' }, undefined, { actor: ENGINE });
    const before = story.desk.events.length;
    story.sends(recordCustomerStanding, { ...standing, tier: 'important' }, undefined, { actor: ENGINE });
    expect(story.desk.events).toHaveLength(before);
    story.sends(recordCustomerStanding, nobody, undefined, { actor: ENGINE });
    expect(story.state.priority?.priority).toBe('p3');
  });
});
