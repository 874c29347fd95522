import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { Calendars } from './calendars.js';
import { faultsOf } from './check.js';
import { Policy } from './policy.js';
import { packSchema } from './schema/pack.js';

/** What is wrong with a pack: every fault with file, line, column and path. Nothing of a wrong pack is used. */
export class WrongPack extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The pack is wrong:\n${faults.join('\n')}`);
  }
}

/**
 * Reads a pack from YAML.
 * @param calendars the public holidays that its calendars lean on; what is shipped where left out
 * @throws WrongPack naming each fault as `file:line:column path: reason`
 */
export function loadPack(text: string, fileName: string, calendars: Calendars = SHIPPED): Policy {
  const read = READ.get(calendars) ?? new Map<string, Policy>();
  READ.set(calendars, read);
  const known = read.get(text) ?? readPack(text, fileName, calendars);
  read.delete(text);
  read.set(text, known);
  if (read.size > MOST_READ) read.delete(read.keys().next().value!);
  return known;
}

/** The packs that were asked for last: one is read when it is published, taken from the log and compared. */
const READ = new WeakMap<Calendars, Map<string, Policy>>();
const MOST_READ = 32;

function readPack(text: string, fileName: string, calendars: Calendars): Policy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: true });
  const placed = (offset: number, reason: string): string => {
    const { line, col } = lines.linePos(offset);
    return `${fileName}:${line}:${col} ${reason}`;
  };
  if (document.errors.length > 0) {
    throw new WrongPack(document.errors.map(({ pos, message }) => placed(pos[0], message.split('\n')[0]!)));
  }
  const at = (path: readonly PropertyKey[], reason: string): string =>
    placed(offsetOf(document, path), `${path.join('.') || 'pack'}: ${reason}`);
  const checked = packSchema.safeParse(document.toJS());
  if (!checked.success) throw new WrongPack(checked.error.issues.map(({ path, message }) => at(path, message)));
  const faults = faultsOf(checked.data, calendars);
  if (faults.length > 0) throw new WrongPack(faults.map(({ path, reason }) => at(path, reason)));
  return new Policy(checked.data, calendars);
}

/** One for all packs, so that what is published becomes known to each of them. */
export const SHIPPED = new Calendars();

/** Where the value at the path stands, or the nearest one around it when it is missing. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const inner = path.slice(0, length);
    const node = document.getIn(inner, true);
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.range) return node.range[0];
  }
  return 0;
}
