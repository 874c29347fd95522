import {
  presentVersion,
  type Instant,
  type JsonObject,
  type OpenedPart,
  type RecordedEvent,
  type Upcasts,
} from '#kernel';

/** A personal value as a reader of the feed meets it: `withheld` where nobody asked for it, or may not. */
export type ShownPart = OpenedPart | { readonly withheld: true };

/** A case event as CloudEvents 1.0 (structured JSON); extension attributes are lower case, as the format demands. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** When it happened. */
  readonly time: Instant;
  readonly datacontenttype: 'application/json';
  /** Of `data`, after it was lifted to the present; the name of a type never carries a version. */
  readonly schemaversion: number;
  readonly recordedat: Instant;
  readonly revision: number;
  readonly position: string;
  readonly actorid: string;
  readonly actorrole: string;
  readonly commandid: string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly policypack: string;
  readonly policyversion: string;
  readonly historical?: true;
  readonly data: JsonObject;
}

export const EVENT_TYPE_PREFIX = 'redress.';

/** What a reader gets of an event, its personal parts as they are shown to that reader. */
export function cloudEvent(
  event: RecordedEvent,
  caseId: string,
  position: string,
  parts: Readonly<Record<string, ShownPart>>,
  upcasts: Upcasts,
): CloudEvent {
  const { meta } = event;
  return {
    specversion: '1.0',
    id: event.id,
    source: `/cases/${caseId}`,
    type: EVENT_TYPE_PREFIX + event.type,
    subject: caseId,
    time: meta.occurredAt,
    datacontenttype: 'application/json',
    schemaversion: presentVersion(upcasts, event.type),
    recordedat: meta.recordedAt,
    revision: event.revision,
    position,
    actorid: meta.actor.id,
    actorrole: meta.actor.role,
    commandid: meta.command.id,
    correlationid: meta.correlationId,
    ...(meta.causationId === undefined ? {} : { causationid: meta.causationId }),
    policypack: meta.policy.pack,
    policyversion: meta.policy.version,
    ...(meta.historical ? { historical: true as const } : {}),
    data: Object.keys(parts).length === 0 ? event.data : { ...event.data, personal: parts },
  };
}
