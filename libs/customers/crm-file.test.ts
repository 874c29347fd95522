import { describe, expect, test } from '@jest/globals';
import { receiveCase, recordCustomerStanding, type ReceiveCase } from '#cases';
import { MONDAY, Story } from '#cases/testing';
import { ENGINE } from '#kernel';
import { shippedPack } from '#policy/testing';
import { assignTier, recordMilestone, registerCustomer } from './index.js';
import { FileDesk } from './testing/index.js';

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
