import type { CustomerShown } from '../customers/shapes.ts';
import type { CaseShown, Policy } from '../http/shapes.ts';
import { resolved, type OpenApi, type Schema } from './open-api.ts';

/** What a command is sent to: its fields choose among what that holds. */
export type Subject = CaseShown | CustomerShown;

export type FieldKind =
  | 'text'
  | 'line'
  | 'choice'
  | 'choices'
  | 'lines'
  | 'instant'
  | 'boolean'
  | 'flag'
  | 'number'
  | 'amount'
  | 'person'
  | 'persons'
  | 'unit'
  | 'category'
  | 'chain'
  | 'duty'
  | 'party'
  | 'parties'
  | 'thing'
  | 'step'
  | 'fileTerm'
  | 'fileTerms'
  | 'ofPack'
  | 'group'
  | 'groups';

/** One field of a command's form. */
export interface FormField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly options: readonly string[];
  readonly maxLength: number | undefined;
  readonly pattern: string | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** Of a group, or of each of several groups. */
  readonly fields: readonly FormField[];
}

const PERSON = new Set(['owner', 'person', 'secondPerson', 'by', 'proposedBy', 'approvedBy', 'inPlaceOf']);
const UNIT = new Set(['unit', 'fromUnit', 'receivedByUnit']);
/** Longer texts get room to write. */
const SHORT_TEXT = 1000;
/** Said by automations of themselves. */
const FOR_RULES = new Set(['automatic']);
/** What is seldom asked for stands last. */
const SELDOM = new Set(['mentions', 'occurredAt']);

/** Ids of what a case holds, and the list of the case that holds it. */
export const THINGS: Readonly<Record<string, string>> = {
  planId: 'plans',
  promiseId: 'promises',
  compensationId: 'compensations',
  escalationId: 'escalations',
  linkId: 'links',
  attachmentId: 'attachments',
  contactId: 'contacts',
  milestoneId: 'milestones',
};

/** Fields that take a word of the pack for customers' files, and the list it stands in (C-1). */
export const FILE_TERMS: Readonly<Record<string, keyof Policy['customers']>> = {
  tier: 'tiers',
  ground: 'qualityGrounds',
  qualityGrounds: 'qualityGrounds',
  groups: 'specialOwners',
  specialOwner: 'specialOwners',
  milestone: 'milestones',
};

export function fieldsOf(schema: Schema, document: OpenApi): readonly FormField[] {
  const { properties = {}, required = [] } = resolved(schema, document);
  const asked = Object.entries(properties).filter(([name]) => !FOR_RULES.has(name));
  const fields = asked.map(([name, property]) =>
    fieldOf(name, resolved(property, document), required.includes(name), document),
  );
  return [...fields.filter(({ name }) => !SELDOM.has(name)), ...fields.filter(({ name }) => SELDOM.has(name))];
}

function fieldOf(name: string, schema: Schema, required: boolean, document: OpenApi): FormField {
  const items = schema.items && resolved(schema.items, document);
  const kind = kindOf(name, schema, items);
  return {
    name,
    kind,
    required,
    options: optionsIn(kind === 'choices' && items ? items : schema),
    maxLength: schema.maxLength,
    pattern: schema.pattern,
    minimum: schema.minimum,
    maximum: schema.maximum,
    fields: kind === 'group' ? fieldsOf(schema, document) : kind === 'groups' && items ? fieldsOf(items, document) : [],
  };
}

const optionsIn = (schema: Schema): readonly string[] =>
  (schema.enum ?? []).filter((option): option is string => typeof option === 'string');

const typeOf = ({ type }: Schema): string | undefined =>
  typeof type === 'string' ? type : type?.find((one) => one !== 'null');

function kindOf(name: string, schema: Schema, items: Schema | undefined): FieldKind {
  switch (typeOf(schema)) {
    case 'boolean':
      return schema.const === true || (schema.enum?.length === 1 && schema.enum[0] === true) ? 'flag' : 'boolean';
    case 'integer':
    case 'number':
      return name.endsWith('Cents') ? 'amount' : 'number';
    case 'array':
      if (items?.enum) return 'choices';
      if (name === 'recipients') return 'persons';
      if (name === 'mentions') return 'parties';
      if (name in FILE_TERMS) return 'fileTerms';
      return items?.properties ? 'groups' : 'lines';
    case 'object':
      // Its fields are the pack's own, which the document cannot know.
      return schema.properties ? 'group' : 'ofPack';
    default:
      return schema.properties ? 'group' : textKindOf(name, schema);
  }
}

function textKindOf(name: string, schema: Schema): FieldKind {
  if (schema.enum) return 'choice';
  if (schema.format === 'date-time' || /(^|[a-z])(At|Instant)$/.test(name)) return 'instant';
  if (PERSON.has(name)) return 'person';
  if (UNIT.has(name)) return 'unit';
  if (name === 'step' || name === 'category' || name === 'chain' || name === 'duty') return name;
  if (name === 'partyId') return 'party';
  if (name in THINGS) return 'thing';
  if (name in FILE_TERMS) return 'fileTerm';
  const isShort = schema.pattern !== undefined || (schema.maxLength !== undefined && schema.maxLength <= SHORT_TEXT);
  return isShort ? 'line' : 'text';
}

/** What is sent: fields left empty are left out, never null. */
export function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value === '' || value === null ? undefined : value;
  const kept = Object.entries(value)
    .map(([name, inner]) => [name, withoutEmpty(inner)] as const)
    .filter(([, inner]) => inner !== undefined && !(Array.isArray(inner) && inner.length === 0));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
