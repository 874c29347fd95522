import { isRefusal, parseInstant, refuse, type JsonObject, type Refusal } from '#kernel';
import { parseDate } from '#calendar';
import type { PackField } from '#policy';
import type { FieldValues } from './domain/index.js';

/** What is no word of anybody: the number of a report, the name of a project in a register. */
const CODE = /^[\p{L}\p{N}][\p{L}\p{N}._/-]{0,63}$/u;

type Value = string | number | boolean;

/** Values that were checked against the fields of a pack, parted by whether the log may show them (EVENTS.md 6). */
export interface ReadValues {
  readonly open: FieldValues;
  /** Undefined where none of them is personal. */
  readonly personal: JsonObject | undefined;
  readonly given: readonly string[];
}

/**
 * Reads values of a pack's own fields.
 * @returns UNKNOWN_FIELD with those that are allowed, FIELD_MALFORMED with what may stand there, or FIELDS_MISSING
 */
export function readValues(
  values: Readonly<Record<string, Value>> | undefined,
  fields: readonly PackField[],
  { whole = false }: { readonly whole?: boolean } = {},
): ReadValues | Refusal {
  const open: Record<string, Value> = {};
  const personal: Record<string, Value> = {};
  for (const [id, value] of Object.entries(values ?? {})) {
    const field = fields.find((it) => it.id === id);
    if (field === undefined) return refuse('UNKNOWN_FIELD', { field: id, allowed: fields.map((it) => it.id) });
    const read = readValue(value, field);
    if (isRefusal(read)) return read;
    (field.personal ? personal : open)[id] = read;
  }
  const given = [...Object.keys(open), ...Object.keys(personal)];
  const missing = whole ? fields.filter(({ id, required }) => required && !given.includes(id)) : [];
  if (missing.length > 0) return refuse('FIELDS_MISSING', { missing: missing.map(({ id }) => id) });
  return { open, personal: Object.keys(personal).length === 0 ? undefined : personal, given };
}

/** What a source says of a case refuses nothing: a value that the pack does not know, or would refuse, is kept sealed. */
export function readHistoricValues(
  values: Readonly<Record<string, Value>> | undefined,
  fields: readonly PackField[],
): Pick<ReadValues, 'open' | 'personal'> {
  const open: Record<string, Value> = {};
  const personal: Record<string, Value> = {};
  for (const [id, value] of Object.entries(values ?? {})) {
    const field = fields.find((it) => it.id === id);
    const read = field === undefined ? value : readValue(value, field);
    if (field === undefined || field.personal || isRefusal(read)) personal[id] = isRefusal(read) ? value : read;
    else open[id] = read;
  }
  return { open, personal: Object.keys(personal).length === 0 ? undefined : personal };
}

function readValue(value: Value, field: PackField): Value | Refusal {
  const { id, type, choices = [] } = field;
  const wrong = (expected: string, allowed?: readonly string[]): Refusal =>
    refuse('FIELD_MALFORMED', { field: id, expected, ...(allowed === undefined ? {} : { allowed }) });
  switch (type) {
    case 'text':
      return typeof value === 'string' && value !== '' ? value : wrong('text');
    case 'code':
      return typeof value === 'string' && CODE.test(value)
        ? value
        : wrong('a code of at most 64 letters, digits, ".", "_", "/" and "-"');
    case 'choice': {
      const allowed = choices.map((choice) => choice.id);
      return allowed.includes(String(value)) ? value : wrong('one of the choices', allowed);
    }
    case 'yes_no':
      return typeof value === 'boolean' ? value : wrong('true or false');
    case 'number':
      return typeof value === 'number' ? value : wrong('a number');
    case 'instant':
      return (
        (typeof value === 'string' && parseInstant(value)) || wrong('an instant such as 2026-11-22T13:08:00+08:00')
      );
    case 'date':
      return typeof value === 'string' && parseDate(value) !== undefined ? value : wrong('a date such as 2026-11-22');
    default:
      return type satisfies never;
  }
}
