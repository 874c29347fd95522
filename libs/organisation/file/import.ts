import { isRefusal, refuse, type JsonObject, type Refusal } from '#kernel';
import type { OrganisationCommand } from '../structure/commands.js';
import { readCsv } from './read-csv.js';
import { readYaml } from './read-yaml.js';
import { readRow, ROW_KINDS, type FileRow, type OrganisationFile, type ReadRow, type RowKind } from './row.js';

export const FILE_FORMATS = ['yaml', 'csv'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** What became of a row. */
export interface RowResult {
  readonly line: number;
  readonly what?: RowKind;
  readonly status: 'recorded' | 'known' | 'rejected';
  readonly code?: string;
  readonly reason?: string;
}

export interface ImportSummary {
  readonly recorded: number;
  readonly known: number;
  readonly rejected: number;
  /** How many people were made because nobody had their name. */
  readonly peopleCreated: number;
  /** By line. */
  readonly rows: readonly RowResult[];
}

export interface ImportPorts {
  /** The id of the person of this name, e-mail or id. @returns PERSON_UNKNOWN, PERSON_AMBIGUOUS */
  readonly personOf: (who: string) => string | Refusal;
  /** Makes a person of that name; undefined where nobody is to be made. */
  readonly createPerson: ((name: string) => Promise<string>) | undefined;
  readonly send: (order: OrganisationCommand) => Promise<{ readonly result: JsonObject } | Refusal>;
}

/** @throws FileUnreadable */
export const readOrganisation = (text: string, format: FileFormat): OrganisationFile =>
  format === 'yaml' ? readYaml(text) : readCsv(text);

/**
 * Takes the rows one after another: posts, units (those above before those below), holders, absences. A row that cannot be
 * taken is named with its reason, and the rest goes on. What is on record already is recognised, so that a file can be
 * given again.
 */
export async function importOrganisation(file: OrganisationFile, ports: ImportPorts): Promise<ImportSummary> {
  let peopleCreated = 0;
  const create = ports.createPerson;
  const counting: ImportPorts = {
    ...ports,
    createPerson: create && (async (name) => (peopleCreated++, create(name))),
  };
  const rows: RowResult[] = file.faults.map((fault) => ({ ...fault, status: 'rejected' }));
  for (const row of inOrder(file.rows)) rows.push(await take(row, file.zone, counting));
  rows.sort((a, b) => a.line - b.line);
  const count = (status: RowResult['status']): number => rows.filter((row) => row.status === status).length;
  return { recorded: count('recorded'), known: count('known'), rejected: count('rejected'), peopleCreated, rows };
}

async function take(row: FileRow, zone: string, ports: ImportPorts): Promise<RowResult> {
  const { line, what } = row;
  const order = await orderOf(row, zone, ports);
  const outcome = isRefusal(order) ? order : await ports.send(order);
  if (isRefusal(outcome)) return { line, what, status: 'rejected', code: outcome.code, reason: reasonOf(outcome) };
  return { line, what, status: outcome.result['known'] === true ? 'known' : 'recorded' };
}

async function orderOf(row: FileRow, zone: string, ports: ImportPorts): Promise<OrganisationCommand | Refusal> {
  const read = readRow(row, zone);
  if (isRefusal(read)) return read;
  const persons: Record<string, string> = {};
  for (const field of ['person', 'delegate'] as const) {
    const who = (read.says as { [Field in typeof field]?: string })[field];
    if (who === undefined) continue;
    const person = await personOf(who, ports);
    if (isRefusal(person)) return person;
    persons[field] = person;
  }
  return named({ ...read, says: { ...read.says, ...persons } } as ReadRow);
}

function named({ what, says }: ReadRow): OrganisationCommand {
  // A field that a schema leaves out is undefined to the compiler and absent in truth.
  const command = says as never;
  switch (what) {
    case 'post':
      return { name: 'DefinePost', command };
    case 'unit':
      return { name: 'DefineUnit', command };
    case 'holder':
      return { name: 'AssignPost', command };
    case 'absence':
      return { name: 'RecordAbsence', command };
    default:
      return what satisfies never;
  }
}

async function personOf(who: string, { personOf, createPerson }: ImportPorts): Promise<string | Refusal> {
  const found = personOf(who);
  if (!isRefusal(found) || found.code !== 'PERSON_UNKNOWN' || createPerson === undefined) return found;
  // An address is not what somebody is called.
  return who.includes('@') ? refuse('NAME_NEEDED', { person: who }) : createPerson(who);
}

function inOrder(rows: readonly FileRow[]): readonly FileRow[] {
  const kinds = ROW_KINDS.map((what) => rows.filter((row) => row.what === what));
  return kinds.flatMap((all) => (all[0]?.what === 'unit' ? parentsFirst(all) : all));
}

/** Units whose parents stand in the file too come behind them; those in a circle come last, and are refused. */
function parentsFirst(rows: readonly FileRow[]): readonly FileRow[] {
  const sorted: FileRow[] = [];
  let waiting = rows;
  while (waiting.length > 0) {
    const open = new Set(waiting.map(({ fields }) => fields['unit']));
    const ready = waiting.filter(({ fields }) => !open.has(fields['parent']) || fields['parent'] === fields['unit']);
    if (ready.length === 0) return [...sorted, ...waiting];
    sorted.push(...ready);
    waiting = waiting.filter((row) => !ready.includes(row));
  }
  return sorted;
}

const reasonOf = ({ facts }: Refusal): string =>
  Object.entries(facts)
    .map(([name, fact]) => `${name} ${typeof fact === 'string' ? fact : JSON.stringify(fact)}`)
    .join(', ');
