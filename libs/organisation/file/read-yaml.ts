import { isMap, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { DEFAULT_ZONE, isZone } from '#calendar';
import { FileUnreadable, ROW_KINDS, type FileRow, type OrganisationFile, type RowFault, type RowKind } from './row.js';

const LISTS: Readonly<Record<RowKind, string>> = {
  post: 'posts',
  unit: 'units',
  holder: 'holders',
  absence: 'absences',
};

/**
 * Reads `{zone, posts: […], units: […], holders: […], absences: […]}`. A row that is no map is a fault with its line.
 * @throws FileUnreadable where the file is no YAML, or holds something else besides
 */
export function readYaml(text: string): OrganisationFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined)
    throw new FileUnreadable(`line ${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]!}`);
  const { contents } = document;
  if (!isMap(contents)) throw new FileUnreadable(`It must say ${['zone', ...Object.values(LISTS)].join(', ')}.`);
  const known = new Set(['zone', ...Object.values(LISTS)]);
  const strange = contents.items.map(({ key }) => String(key)).find((key) => !known.has(key));
  if (strange !== undefined) throw new FileUnreadable(`"${strange}" is not among ${[...known].join(', ')}.`);
  const zone = document.get('zone') ?? DEFAULT_ZONE;
  if (typeof zone !== 'string' || !isZone(zone))
    throw new FileUnreadable('zone must be an IANA name, e.g. Asia/Shanghai.');
  const found = ROW_KINDS.map((what) => rowsIn(document, what, (offset) => lines.linePos(offset).line));
  return { zone, rows: found.flatMap(({ rows }) => rows), faults: found.flatMap(({ faults }) => faults) };
}

function rowsIn(
  document: Document,
  what: RowKind,
  lineAt: (offset: number) => number,
): { readonly rows: readonly FileRow[]; readonly faults: readonly RowFault[] } {
  const list: unknown = document.get(LISTS[what]);
  if (list === undefined || list === null) return { rows: [], faults: [] };
  if (!isSeq(list)) throw new FileUnreadable(`${LISTS[what]} must be a list.`);
  const rows: FileRow[] = [];
  const faults: RowFault[] = [];
  for (const item of list.items) {
    const line = lineAt((item as { range?: [number] }).range?.[0] ?? 0);
    if (!isMap(item)) faults.push({ line, code: 'ROW_MALFORMED', reason: `a ${what} is written as a map` });
    else rows.push({ line, what, fields: item.toJSON() as Record<string, unknown> });
  }
  return { rows, faults };
}
