import { DateTime, IANAZone } from 'luxon';
import { z } from 'zod';
import { CASE_KINDS, CHANNELS, OUTCOMES, PHASES, SEVERITIES } from '../vocabulary.js';

/** An object with these members and no others: whoever writes another is told which there are. */
const membersOf = <T extends z.core.$ZodLooseShape>(members: T) =>
  z.strictObject(members, {
    error: ({ code }) => (code === 'unrecognized_keys' ? `there are ${Object.keys(members).join(', ')}` : undefined),
  });

const column = z.string().min(1);

/** Column → the values for which it holds. */
const condition = z.record(column, z.array(z.string()).min(1));

/** A value out of a fixed vocabulary. */
const oneOf = <T extends readonly [string, ...string[]]>(words: T) => {
  const word = z.enum(words);
  const fallback = z.union([z.enum(['reject', 'omit']), membersOf({ value: word })]);
  return z.union([
    membersOf({ constant: word }),
    membersOf({
      column,
      values: z.record(z.string(), word),
      /** For values that are not listed. */
      otherwise: fallback.default('reject'),
      /** For values that mean "unknown". */
      missing: fallback.default('omit'),
      when: condition.optional(),
    }),
  ]);
};

/** Any text: a column's name alone, a constant, a column with renamings, or several columns joined. */
const text = z.union([
  column,
  membersOf({ constant: z.string().min(1) }),
  membersOf({
    column,
    values: z.record(z.string(), z.string()).default({}),
    otherwise: z.enum(['keep', 'reject', 'omit']).default('keep'),
    missing: z.union([z.enum(['reject', 'omit']), membersOf({ value: z.string() })]).default('omit'),
    when: condition.optional(),
  }),
  membersOf({ join: z.array(column).min(1), separator: z.string().default(', '), when: condition.optional() }),
]);

const meaning = z.union([
  z.enum(PHASES),
  membersOf({ phase: z.enum(PHASES), waitingFor: z.enum(['customer', 'third_party']).optional() }),
]);

const entry = membersOf({
  /** The column of its instant; the entry is left out where that is unknown. */
  at: column,
  when: condition.optional(),
  state: text.optional(),
  subState: text.optional(),
  unit: text.optional(),
  owner: text.optional(),
  category: text.optional(),
  statedVerdict: text.optional(),
  text: text.optional(),
  outcome: oneOf(OUTCOMES).optional(),
  severity: oneOf(SEVERITIES).optional(),
  replied: z.boolean().optional(),
});

const rejection = membersOf({
  code: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'a code is upper snake case'),
  message: z.string().min(1),
  /** The first column's date is earlier than the second's. */
  before: z.tuple([column, column]).optional(),
  /** The column is unknown. */
  missing: column.optional(),
  /** All of the columns have one of the values. */
  where: condition.optional(),
}).refine(
  ({ before, missing, where }) => [before, missing, where].filter((it) => it !== undefined).length === 1,
  'a rule says exactly one of before, missing, where',
);

const dateFormat = z.string().refine((format) => {
  if (format === 'iso') return true;
  const sample = DateTime.fromObject({ year: 2023, month: 11, day: 28 }, { zone: 'utc' });
  return DateTime.fromFormat(sample.toFormat(format), format, { zone: 'utc' }).hasSame(sample, 'day');
}, 'must be "iso" or Luxon tokens of a whole date, e.g. dd-MM-yyyy HH:mm');

/** A mapping file: how rows of a source become cases. Unknown members are errors. */
export const mappingSchema = membersOf({
  /** Names the source for good: case ids are derived from it (EVENTS.md 2). */
  source: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'a source is named in lower case with hyphens'),
  version: z.coerce.string().min(1),
  description: z.string().optional(),
  format: z.enum(['csv', 'xes']),
  delimiter: z.string().min(1).default(','),
  encoding: z.string().refine(isEncoding, 'is no encoding of the WHATWG standard').default('utf-8'),
  /** `row`: each row is a case, recognised by a hash of all it says. */
  caseKey: z.union([
    z.literal('row'),
    membersOf({
      columns: z.array(column).min(1),
      rows: z.enum(['one', 'many']),
      /** Rows of a case stand together, so that one case at a time is in memory. */
      contiguous: z.boolean().default(false),
    }),
  ]),
  /** What to do with rows that are equal in every column. */
  duplicates: z.enum(['reject', 'keep']).default('reject'),
  /** Texts that mean "unknown"; compared without surrounding blanks. The empty text always does. */
  unknowns: z.array(z.string()).default([]),
  dates: membersOf({
    formats: z.array(dateFormat).min(1),
    zone: z.string().refine((zone) => IANAZone.isValidZone(zone), 'is no IANA time zone'),
  }),
  fields: membersOf({
    kind: oneOf(CASE_KINDS),
    channel: oneOf(CHANNELS),
    category: text.optional(),
    unit: text.optional(),
    subject: text.optional(),
    content: text.optional(),
    externalReference: text.optional(),
    complainant: z
      .strictObject({
        name: text.optional(),
        phone: text.optional(),
        email: text.optional(),
        address: text.optional(),
        /** By which the source knows them; two cases with one reference are of one person. */
        reference: text.optional(),
      })
      .optional(),
    /** Fields of packs, by id. */
    own: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a field is named by its id'), text).default({}),
  }),
  openedAt: column,
  targetAt: column.optional(),
  entries: z.array(entry).min(1),
  /** What a state means; a sub-state that is listed has the last word. */
  states: z.record(z.string(), meaning).default({}),
  subStates: z.record(z.string(), meaning).default({}),
  /** For a state that is listed nowhere: `keep` records it without a meaning. */
  unknownStates: z.union([z.enum(['reject', 'keep']), meaning]).default('reject'),
  reject: z.array(rejection).default([]),
});

export type Mapping = z.infer<typeof mappingSchema>;
export type TextSpec = z.infer<typeof text>;
export type EntrySpec = z.infer<typeof entry>;
export type RejectionSpec = z.infer<typeof rejection>;
export type Condition = z.infer<typeof condition>;
export type Meaning = z.infer<typeof meaning>;
export type WordSpec<T extends string> =
  | { readonly constant: T }
  | {
      readonly column: string;
      readonly values: Readonly<Record<string, T>>;
      readonly otherwise: 'reject' | 'omit' | { readonly value: T };
      readonly missing: 'reject' | 'omit' | { readonly value: T };
      readonly when?: Condition | undefined;
    };

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}
