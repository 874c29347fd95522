import { expect, test } from '@jest/globals';
import { assignCase, receiveCase, reportUp, type CaseEventType } from '#cases';
import { MONDAY, Story } from '#cases/testing';
import { plusMs } from '#kernel';
import { TestOrganisation } from '#organisation/testing';
import { shippedPack } from '#policy/testing';
import { causesIn } from './causes.js';

const DAY_MS = 86_400_000;

/** A company whose leaders and whose eastern branch have somebody who answers; the western branch has not. */
const company = (): TestOrganisation =>
  new TestOrganisation()
    .takes('DefinePost', { post: 'company_leaders' })
    .takes('DefinePost', { post: 'first_responsible', single: true })
    .takes('DefineUnit', { unit: 'east' })
    .takes('DefineUnit', { unit: 'west' })
    .takes('AssignPost', { post: 'company_leaders', person: 'chen' })
    .takes('AssignPost', { post: 'first_responsible', unit: 'east', person: 'wang' });

function major(unit: string): Story {
  const story = new Story(shippedPack('group').withPosts(company()));
  story.sends(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x', unit, circumstances: ['media'] });
  story.sends(assignCase, { unit, owner: 'sun' });
  return story;
}

const toldOf = (story: Story, type: CaseEventType, rule: string): readonly string[] | undefined =>
  causesIn(story.last(type), story.state, story.desk.policy).find(({ rule: { id } }) => id === rule)?.to;

test('O-1, K-4: to which post it is reported, who holds it is told', () => {
  const story = major('east');
  story.sends(reportUp, { to: 'company_leaders', duty: 'K-4.major' });
  expect(toldOf(story, 'CaseReportedUp', 'K-4.reported')).toEqual(['chen']);
});

test.each([
  ['east', ['sun', 'wang']],
  ['west', ['sun', 'west']],
])('O-2: a unit that owed something is told by its first responsible person; %s: %j', (unit, told) => {
  const story = major(unit);
  story.sends(reportUp, { to: 'company_leaders', duty: 'K-4.major' });
  story.passes(plusMs(MONDAY, DAY_MS + 1));
  expect(story.last('DeadlineMissed').data.clock).toBe('K-4.major-progress');
  expect(toldOf(story, 'DeadlineMissed', 'K-4.missed')).toEqual(told);
});
