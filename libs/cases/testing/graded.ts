import { ENGINE, type Instant } from '#kernel';
import { matchesAmong, RepeatRules, type CountedCase, type Policy } from '#policy';
import { matchRepeats } from '../match-repeats/index.js';
import { receiveCase } from '../receive-case/index.js';
import { Story } from './story.js';

/** A case on a day of 2026, by a complainant; `handledOn`: the day on which it had been handled to its end. */
export function complaintOn(day: string, complainant: string, handledOn?: string): CountedCase {
  const noon = (of: string): Instant => new Date(`2026-${of}T12:00:00+08:00`).toISOString();
  const handled = handledOn === undefined ? [] : [[noon(handledOn)] as const];
  return { caseId: `${day} ${complainant}`, at: noon(day), complainant, handled };
}

/** What a rule of the pack finds among cases about one matter, and how grave that makes each of them. */
export function gradedBy(pack: Policy, rule: string, ...cases: readonly CountedCase[]): readonly string[] {
  const rules = new RepeatRules([pack]);
  const prepared = rules
    .samenessesOf(pack.id)
    .flatMap(({ id }) => rules.rulesOf(pack.id, pack.version, id))
    .find((it) => it.rule.id === rule)!;
  const matches = matchesAmong(prepared, cases);
  return cases.map(({ caseId, at }) => {
    const story = new Story(pack);
    story.sends(receiveCase, { kind: 'complaint', channel: 'phone', content: 'x' }, at);
    const match = matches.get(caseId);
    if (match === undefined) return story.state.severity;
    const { cases: others, complainants } = match;
    story.sends(matchRepeats, { rule, cases: [...others], complainants }, undefined, { actor: ENGINE });
    return story.state.severity;
  });
}
