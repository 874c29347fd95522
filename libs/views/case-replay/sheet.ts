import type { Json, JsonObject, OpenedPart, RecordedEvent } from '#kernel';

/** A personal value as a reader meets it; `withheld` where their role may not see it (EVENTS.md 9). */
export type ShownPart = OpenedPart | { readonly withheld: true };
export type ShownParts = Readonly<Record<string, ShownPart>>;

/** An event with its personal parts as one reader may see them. */
export type ShownEvent = Omit<RecordedEvent, 'personal'> & { readonly personal: ShownParts };

/** The personal words of a case, each beside the thing it belongs to. The state of a case knows none of them. */
export interface Sheet {
  /** Of the case itself, by field. */
  readonly fields: Readonly<Record<string, ShownPart>>;
  /** Of its parties, plans, promises …, by list and id. */
  readonly things: Readonly<Record<string, ShownParts>>;
  /** Of its visits, in their order. */
  readonly visits: readonly ShownParts[];
}

export const emptySheet: Sheet = { fields: {}, things: {}, visits: [] };

/** Parts that say something of the case as a whole, and the field they are shown in. The last one said holds. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CaseReceived: {
    subject: 'subject',
    content: 'content',
    externalReference: 'externalReference',
    fields: 'personalFields',
  },
  IntakeAmended: { fields: 'personalFields' },
  CausesAnalysed: { causes: 'causes', improvements: 'improvements' },
  ProfileAssessed: { profile: 'profile', motive: 'motive' },
  InvestigationRecorded: { cause: 'cause', impact: 'impact', findings: 'findings' },
  CaseResolved: { resolution: 'resolution' },
  OpinionRecorded: { opinion: 'opinionText' },
  CaseDeclined: { reason: 'declineReason' },
  CaseWithdrawn: { reason: 'withdrawalReason' },
};

/** Parts that belong to one of the case's things: the list, the member of `data` with its id, and the field by part. */
const THINGS: Readonly<Record<string, { list: string; id: string; parts: Readonly<Record<string, string>> }>> = {
  PlanProposed: { list: 'plans', id: 'planId', parts: { measures: 'measures' } },
  PlanRejected: { list: 'plans', id: 'planId', parts: { objection: 'objection' } },
  PromiseMade: { list: 'promises', id: 'promiseId', parts: { text: 'text' } },
  PromiseKept: { list: 'promises', id: 'promiseId', parts: { text: 'keptText' } },
  CompensationProposed: { list: 'compensations', id: 'compensationId', parts: { reason: 'reason' } },
  CompensationDeclined: { list: 'compensations', id: 'compensationId', parts: { reason: 'declineReason' } },
  CaseEscalated: { list: 'escalations', id: 'escalationId', parts: { reason: 'reason' } },
  FormFilled: { list: 'forms', id: 'formId', parts: { values: 'words' } },
  SheetRequested: { list: 'sheets', id: 'sheetId', parts: { text: 'text' } },
  AttachmentAdded: {
    list: 'attachments',
    id: 'attachmentId',
    parts: { fileName: 'fileName', plaintextSha256: 'plaintextSha256' },
  },
};

/** What a party is known by, each shown as a value of its own. */
const PARTY_DETAILS = ['name', 'phone', 'email', 'address'] as const;

export const thingKey = (list: string, id: string): string => `${list}/${id}`;

/**
 * The sheet after one more event. A part under the key of a party is about that party, whatever the part is called:
 * members of a group come under names of their own (EVENTS.md 7).
 */
export function withEvent(
  sheet: Sheet,
  event: ShownEvent,
  sealedUnder: (part: string) => string | undefined,
  partyIds: ReadonlySet<string>,
): Sheet {
  const names = Object.keys(event.personal);
  if (event.type === 'ReturnVisitMade') return { ...sheet, visits: [...sheet.visits, event.personal] };
  if (names.length === 0) return sheet;
  const fields: Record<string, ShownPart> = {};
  const things: Record<string, ShownParts> = {};
  for (const part of names) {
    const shown = event.personal[part]!;
    const field = FIELDS[event.type]?.[part];
    const thing = THINGS[event.type];
    const party = sealedUnder(part);
    if (field !== undefined) fields[field] = field === 'personalFields' ? joined(sheet.fields[field], shown) : shown;
    else if (thing?.parts[part] !== undefined) {
      const key = thingKey(thing.list, String(event.data[thing.id]));
      things[key] = { ...(things[key] ?? sheet.things[key]), [thing.parts[part]]: shown };
    } else if (party !== undefined && partyIds.has(party)) {
      const key = thingKey('parties', party);
      things[key] = { ...(things[key] ?? sheet.things[key]), ...partyDetails(shown) };
    }
  }
  return { ...sheet, fields: { ...sheet.fields, ...fields }, things: { ...sheet.things, ...things } };
}

/** What is told of the pack's own fields later stands beside what was told before. */
function joined(before: ShownPart | undefined, now: ShownPart): ShownPart {
  const [old, fresh] = [before, now].map((it) => (it !== undefined && 'value' in it ? it.value : undefined));
  return isObject(old) && isObject(fresh) ? { value: { ...old, ...fresh } } : now;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function partyDetails(shown: ShownPart): ShownParts {
  if (!('value' in shown)) return { name: shown };
  const { value } = shown;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { name: shown };
  const known = value as Readonly<Record<string, Json>>;
  return Object.fromEntries(
    PARTY_DETAILS.filter((detail) => known[detail] !== undefined).map((detail) => [detail, { value: known[detail]! }]),
  );
}
