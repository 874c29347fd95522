import { parse } from 'csv-parse/sync';
import type { CsvError, Info } from 'csv-parse/sync';
import { DEFAULT_ZONE } from '#calendar';
import { FileUnreadable, ROW_KINDS, type FileRow, type OrganisationFile, type RowFault, type RowKind } from './row.js';

/** Columns, by what they are called in a row; which of them a row fills depends on what it is. */
const COLUMNS: Readonly<Record<string, string>> = {
  what: 'what',
  post: 'post',
  unit: 'unit',
  label_zh: 'label.zh',
  label_en: 'label.en',
  parent: 'parent',
  kind: 'kind',
  pack: 'pack',
  single: 'single',
  needed_in: 'neededIn',
  in_writing: 'inWriting',
  person: 'person',
  delegate: 'delegate',
  from: 'from',
  to: 'to',
  change: 'change',
  reason: 'reason',
};

/**
 * Reads rows under a header; the column `what` says what each is: post, unit, holder or absence. Days are those of
 * Asia/Shanghai. A row with another number of columns is a fault with its line.
 * @throws FileUnreadable where the header lacks `what` or has a column that there is not, or a quote is not closed
 */
export function readCsv(text: string): OrganisationFile {
  const [header, ...records] = recordsIn(text);
  if (header === undefined) throw new FileUnreadable('The file is empty.');
  const names = header.record.map((name) => name.trim());
  const strange = names.find((name) => COLUMNS[name] === undefined);
  const known = Object.keys(COLUMNS).join(', ');
  if (strange !== undefined) throw new FileUnreadable(`There is no column "${strange}"; there are ${known}.`);
  if (!names.includes('what')) throw new FileUnreadable(`The header lacks the column "what"; there are ${known}.`);
  const rows: FileRow[] = [];
  const faults: RowFault[] = [];
  for (const { record, line } of records) {
    const fault = (reason: string): unknown => faults.push({ line, code: 'ROW_MALFORMED', reason });
    if (record.length !== names.length) {
      fault(`The row has ${record.length} columns where the header has ${names.length}.`);
      continue;
    }
    const { what, ...fields } = fieldsOf(names, record);
    if (isKind(what)) rows.push({ line, what, fields });
    else fault(`what must be one of ${ROW_KINDS.join(', ')}.`);
  }
  return { zone: DEFAULT_ZONE, rows, faults };
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly line: number;
}

function recordsIn(text: string): readonly CsvRecord[] {
  try {
    const found = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as {
      record: string[];
      info: Info;
    }[];
    return found.map(({ record, info }) => ({ record, line: info.lines - newlinesIn(record) }));
  } catch (error) {
    throw new FileUnreadable((error as CsvError).message);
  }
}

const newlinesIn = (record: readonly string[]): number =>
  record.reduce((sum, value) => sum + value.split('\n').length - 1, 0);

/** A cell that is empty says nothing. */
function fieldsOf(names: readonly string[], record: readonly string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [index, name] of names.entries()) {
    const value = record[index]!.trim();
    if (value === '') continue;
    const [field, part] = COLUMNS[name]!.split('.') as [string, string?];
    fields[field] = part === undefined ? value : { ...(fields[field] as object | undefined), [part]: value };
  }
  return fields;
}

const isKind = (what: unknown): what is RowKind => ROW_KINDS.some((kind) => kind === what);
