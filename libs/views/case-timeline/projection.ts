import type { JsonObject } from '#kernel';
import type { Projection, ProjectedEvent } from '#sql';
import { TIMELINE, type TimelineRow } from './tables.js';

/** What happened in a case, in order: who, when, under which rule. Personal words stay in the stream. */
export const caseTimelineProjection: Projection = {
  name: 'case-timeline',
  version: 1,
  partition: 'subject',
  category: 'case',
  opens: {},
  tables: [{ kind: 'entries', shape: TIMELINE, subject: 'case_id' }],
  fold: (event, tables) => tables.enter(TIMELINE, rowOf(event)),
};

const rowOf = (event: ProjectedEvent): TimelineRow => ({
  position: event.position,
  case_id: event.subject,
  revision: event.revision,
  event_id: event.id,
  type: event.type,
  occurred_at: event.meta.occurredAt,
  recorded_at: event.meta.recordedAt,
  actor_id: event.meta.actor.id,
  actor_role: event.meta.actor.role,
  actor_unit: event.meta.actor.unit ?? null,
  rule: ruleOf(event.data),
  policy_pack: event.meta.policy.pack,
  policy_version: event.meta.policy.version,
  historical: Number(event.meta.historical === true),
  data: JSON.stringify(event.data),
});

/** Grounds and rulings carry the rule they rest on, links and corrections name it themselves. */
function ruleOf(data: JsonObject): string | null {
  const holders = [data, data['ground'], data['ruling']];
  for (const holder of holders) {
    if (holder === null || typeof holder !== 'object' || Array.isArray(holder)) continue;
    const rule = (holder as JsonObject)['rule'];
    if (typeof rule === 'string') return rule;
  }
  return null;
}
