import type { Condition, Occurrence } from './conditions.js';

/** An event that something begins or ends by, and what must be so besides. */
export interface TriggerOn {
  readonly event: string;
  readonly when?: Condition | undefined;
}

/** Whether the event is one of those listed: any of them will do. */
export const triggers = (list: readonly TriggerOn[], occurrence: Occurrence): boolean =>
  list.some(({ event, when }) => event === occurrence.type && (when === undefined || when.holds(occurrence)));
