import type { Json, JsonObject } from '#kernel';

/** One field of a case before and after. A field that came or went has only one of the two. */
export interface Change {
  /** As a path, e.g. `owner`, `promises[3f…].state`. */
  readonly field: string;
  readonly from?: Json;
  readonly to?: Json;
}

/** Lists whose members have one of these are compared member by member, whatever their order. */
const IDENTITIES = [
  'partyId',
  'promiseId',
  'planId',
  'compensationId',
  'escalationId',
  'linkId',
  'attachmentId',
  'groundId',
  'noteId',
  'id',
] as const;

/** What differs between two readings of a case, field by field, in the order of the fields. */
export function changesBetween(before: JsonObject, after: JsonObject): Change[] {
  const from = flattened(before);
  const to = flattened(after);
  const fields = new Set([...to.keys(), ...from.keys()]);
  return [...fields].flatMap((field) => {
    const [old, fresh] = [from.get(field), to.get(field)];
    if (JSON.stringify(old) === JSON.stringify(fresh)) return [];
    return [{ field, ...(old === undefined ? {} : { from: old }), ...(fresh === undefined ? {} : { to: fresh }) }];
  });
}

function flattened(value: JsonObject): Map<string, Json> {
  const fields = new Map<string, Json>();
  const visit = (inner: Json, path: string): void => {
    if (Array.isArray(inner)) return visitList(inner, path);
    if (inner === null || typeof inner !== 'object' || isShownPart(inner)) return void fields.set(path, inner);
    for (const [key, member] of Object.entries(inner)) visit(member, path === '' ? key : `${path}.${key}`);
  };
  const visitList = (list: readonly Json[], path: string): void => {
    const keys = list.map(identityOf);
    if (list.length === 0 || keys.some((key) => key === undefined)) return void fields.set(path, list);
    list.forEach((member, index) => visit(member, `${path}[${keys[index]!}]`));
  };
  visit(value, '');
  return fields;
}

/** A personal value changes as a whole: `{value}`, `{erased}`, `{lost}`, `{withheld}`. */
const isShownPart = (value: Json): boolean =>
  value !== null &&
  typeof value === 'object' &&
  !Array.isArray(value) &&
  Object.keys(value).length === 1 &&
  ['value', 'erased', 'lost', 'withheld'].includes(Object.keys(value)[0]!);

/** A run of a clock is known by clock and run, everything else by its id. */
function identityOf(member: Json): string | undefined {
  if (member === null || typeof member !== 'object' || Array.isArray(member)) return undefined;
  const fields = member as JsonObject;
  if (typeof fields['clock'] === 'string' && typeof fields['run'] === 'number')
    return `${fields['clock']}#${fields['run']}`;
  const id = IDENTITIES.map((name) => fields[name]).find((value) => typeof value === 'string');
  return id as string | undefined;
}
