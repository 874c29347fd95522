import type { RecordedCaseEvent } from '#cases';
import type { JsonObject } from '#kernel';
import type { Policy } from '#policy';
import { told, type Told } from '#views/case-replay';

/** The repeats on record, each with its rule as the pack says it, and when and by whom it was found. */
export function repeatsOf(events: readonly Told[], policy: Policy): JsonObject {
  const { repeats, dismissed } = told(events).state;
  return {
    items: repeats.map(({ rule: id, cases, complainants, source }) => {
      const rule = policy.repeats.find((it) => it.id === id);
      const { meta } = events.map(({ sealed }) => sealed as RecordedCaseEvent).findLast((it) => isFinding(it, id))!;
      const said = rule && { label: rule.label, same: rule.same, window: rule.window ?? null, counting: rule.counting };
      return {
        rule: id,
        ...said,
        cases: [...cases],
        complainants,
        source,
        found: { at: meta.recordedAt, actor: { ...meta.actor }, policy: { ...meta.policy } },
      };
    }),
    dismissed: dismissed.map((it) => ({ ...it })),
  };
}

const isFinding = (event: RecordedCaseEvent, rule: string): boolean =>
  event.type === 'RepeatFound' && event.data.rule === rule;
