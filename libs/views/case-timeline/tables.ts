import type { Instant } from '#kernel';
import type { TableShape } from '#sql';

/** One row per event of a case, without a personal word. */
export type TimelineRow = {
  readonly position: number;
  readonly case_id: string;
  readonly revision: number;
  readonly event_id: string;
  readonly type: string;
  readonly occurred_at: Instant;
  readonly recorded_at: Instant;
  readonly actor_id: string;
  readonly actor_role: string;
  readonly actor_unit: string | null;
  /** The id of the rule that the event names, where it names one. */
  readonly rule: string | null;
  readonly policy_pack: string;
  readonly policy_version: string;
  readonly historical: number;
  /** The event's plain data as JSON. */
  readonly data: string;
};

export const TIMELINE: TableShape<TimelineRow> = {
  name: 'case_timeline',
  columns: {
    position: 'integer',
    case_id: 'text',
    revision: 'integer',
    event_id: 'text',
    type: 'text',
    occurred_at: 'text',
    recorded_at: 'text',
    actor_id: 'text',
    actor_role: 'text',
    actor_unit: 'text',
    rule: 'text',
    policy_pack: 'text',
    policy_version: 'text',
    historical: 'integer',
    data: 'text',
  },
  key: ['position'],
  indexes: [{ columns: ['case_id', 'revision'], unique: true }],
};
