import type { Actor, Instant, JsonObject } from '#kernel';
import { changesBetween, type Change } from './changes.js';
import { caseDetail } from './detail.js';
import { advanced, blank, type Reading, type Told } from './replay.js';
import type { ShownParts } from './sheet.js';

/** One event of a case as an auditor reads it: who, when, why, and what changed by it. */
export interface TimelineEntry {
  readonly id: string;
  readonly revision: number;
  readonly type: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly actor: Actor;
  /** The rule that made it so, where one did. */
  readonly rule?: string;
  readonly policy: { readonly pack: string; readonly version: string };
  readonly correlationId: string;
  readonly causationId?: string;
  readonly commandId: string;
  readonly data: JsonObject;
  readonly personal: ShownParts;
  readonly historical?: true;
  /** What the strict life would have refused (imported history). */
  readonly irregular?: readonly string[];
  readonly changes: readonly Change[];
}

/** Every event with what it changed, in the order in which they are told. */
export function timeline(events: readonly Told[]): TimelineEntry[] {
  let reading: Reading = blank;
  let before: JsonObject = {};
  return events.map((event) => {
    reading = advanced(reading, event);
    const after = caseDetail(reading);
    const entry = entryOf(event, changesBetween(before, after));
    before = after;
    return entry;
  });
}

function entryOf({ shown }: Told, changes: readonly Change[]): TimelineEntry {
  const { id, revision, type, data, meta, personal } = shown;
  const rule = ruleOf(data);
  const irregular = data['irregular'];
  return {
    id,
    revision,
    type,
    occurredAt: meta.occurredAt,
    recordedAt: meta.recordedAt,
    actor: meta.actor,
    ...(rule === undefined ? {} : { rule }),
    policy: meta.policy,
    correlationId: meta.correlationId,
    ...(meta.causationId === undefined ? {} : { causationId: meta.causationId }),
    commandId: meta.command.id,
    data,
    personal,
    ...(meta.historical ? { historical: true as const } : {}),
    ...(Array.isArray(irregular) ? { irregular: irregular as readonly string[] } : {}),
    changes,
  };
}

/** Grounds and rulings carry their rule; what concerns a clock is ruled by that clock. */
function ruleOf(data: JsonObject): string | undefined {
  const nested = [data['ground'], data['ruling'], data] as (JsonObject | undefined)[];
  const found = nested.map((part) => part?.['rule'] ?? undefined).find((rule) => typeof rule === 'string');
  const clock = data['clock'];
  return (found as string | undefined) ?? (typeof clock === 'string' ? clock : undefined);
}
