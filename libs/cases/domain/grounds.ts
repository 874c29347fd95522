import type { Facts } from '#kernel';
import type { Policy } from '#policy';
import { SEVERITIES, type CaseEvent, type Ground, type RecordedCaseEvent } from './events.js';
import { highest } from './evolve/severity.js';
import { asked } from './clocks/index.js';
import type { CaseState } from './state.js';

/** A severity that the source of an import states; it rests on no rule of a pack and falls by no rule. */
export const SOURCE_RULE = 'SOURCE';

/**
 * S-1…S-3: the grounds that hold now against those that stand. New ones raise, or are established beneath what already
 * holds; those that hold no more fall, and the severity with them where nothing else holds it up.
 */
export function groundsAfter(state: CaseState, event: RecordedCaseEvent, facts: Facts<Policy>): readonly CaseEvent[] {
  const occurredAt = event.meta.occurredAt;
  const holding = facts.policy.severityGrounds(asked(state, facts.policy));
  const events: CaseEvent[] = [];
  let standing = state.grounds;
  for (const found of holding) {
    if (standing.some(({ rule }) => rule === found.rule)) continue;
    const evidence = [...new Set(found.restsOn.map((fact) => state.evidence[fact] ?? event.id))];
    const { rule, severity, source } = found;
    const ground: Ground = { groundId: facts.newId(), rule, severity, evidence, source };
    events.push(established(standing, ground, occurredAt));
    standing = [...standing, ground];
  }
  const fallen = standing.filter(({ rule }) => rule !== SOURCE_RULE && !holding.some((found) => found.rule === rule));
  if (fallen.length === 0) return events;
  return [...events, fell(standing, fallen, { reasonCode: event.type, occurredAt })];
}

/** A further ground: it raises the severity, or is put on record beneath it. */
export function established(standing: readonly Ground[], ground: Ground, occurredAt: string): CaseEvent {
  const from = highest(standing);
  return SEVERITIES.indexOf(ground.severity) > SEVERITIES.indexOf(from)
    ? { type: 'SeverityRaised', data: { from, to: ground.severity, ground }, occurredAt }
    : { type: 'GroundEstablished', data: { ground }, occurredAt };
}

/** Grounds that fall. `to` equals `from` where another ground of the same height still stands. */
export function fell(
  standing: readonly Ground[],
  fallen: readonly Ground[],
  why: { readonly reasonCode: string; readonly occurredAt: string },
): CaseEvent {
  const to = highest(standing.filter((ground) => !fallen.includes(ground)));
  return {
    type: 'SeverityLowered',
    data: { from: highest(standing), to, fallen: fallen.map(({ groundId }) => groundId), reasonCode: why.reasonCode },
    occurredAt: why.occurredAt,
  };
}
