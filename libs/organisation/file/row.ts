import { z } from 'zod';
import { refuse, type Refusal } from '#kernel';
import { instantIn } from '#calendar';

/** What a row of an organisation file is about, in the order in which they are taken: the later lean on the earlier. */
export const ROW_KINDS = ['post', 'unit', 'holder', 'absence'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** A row as it stands in the file. */
export interface FileRow {
  readonly line: number;
  readonly what: RowKind;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A row that nobody can read, or that is not taken. */
export interface RowFault {
  readonly line: number;
  readonly code: string;
  readonly reason: string;
}

export interface OrganisationFile {
  /** In which days are meant, an IANA name. */
  readonly zone: string;
  readonly rows: readonly FileRow[];
  readonly faults: readonly RowFault[];
}

/** A file that is none: what is wrong with all of it. */
export class FileUnreadable extends Error {}

const word = z.union([z.string(), z.number()]).transform(String);
const idText = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._:@/-]{0,99}$/u, 'an id is at most 100 letters, digits and ._:@/-');
const id = word.pipe(idText);
const label = z.strictObject({ zh: z.string().min(1).optional(), en: z.string().min(1).optional() });
const yes = z.union([
  z.boolean(),
  z.enum(['true', 'yes', '是', 'false', 'no', '否']).transform((said) => ['true', 'yes', '是'].includes(said)),
]);
const ids = z.union([
  z.array(id).max(100),
  word.transform((list) => list.split(/[,;，；\s]+/)).pipe(z.array(idText).max(100)),
]);

/** How each kind of row is written; a person is named by name, e-mail or id. */
const SCHEMAS = {
  post: z.strictObject({
    post: id,
    label: label.optional(),
    single: yes.optional(),
    neededIn: ids.optional(),
    inWriting: yes.optional(),
  }),
  unit: z.strictObject({
    unit: id,
    label: label.optional(),
    parent: id.optional(),
    kind: id.optional(),
    pack: id.optional(),
    from: word.optional(),
  }),
  holder: z.strictObject({
    post: id,
    unit: id.optional(),
    person: word,
    from: word.optional(),
    to: word.optional(),
    change: yes.optional(),
    reason: z.string().min(1).max(1000).optional(),
  }),
  absence: z.strictObject({ person: word, delegate: word, from: word.optional(), to: word.optional() }),
};
type Schemas = typeof SCHEMAS;

/** A row that was read: its dates as instants. */
export type ReadRow = {
  readonly [Kind in RowKind]: { readonly what: Kind; readonly says: z.output<Schemas[Kind]> };
}[RowKind];

/** @returns ROW_MALFORMED with what is wrong with each field, DATE_MALFORMED */
export function readRow({ what, fields }: FileRow, zone: string): ReadRow | Refusal {
  const read = SCHEMAS[what].safeParse(fields);
  if (!read.success) {
    const faults = read.error.issues.map(
      ({ path, message }) => `${path.length === 0 ? what : path.join('.')}: ${message}`,
    );
    return refuse('ROW_MALFORMED', { faults });
  }
  const says: Record<string, unknown> = { ...read.data };
  for (const [field, isEnd] of [
    ['from', false],
    ['to', true],
  ] as const) {
    const text = says[field];
    if (typeof text !== 'string') continue;
    const at = instantIn(zone, text, isEnd);
    if (at === undefined)
      return refuse('DATE_MALFORMED', { field, expected: 'a day, e.g. 2026-01-05, or an instant with an offset' });
    says[field] = at;
  }
  return { what, says } as unknown as ReadRow;
}
