import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { Policy } from './policy.js';
import { packSchema } from './schema.js';

/** What is wrong with a pack: every fault with file, line and path. Nothing of a wrong pack is used. */
export class WrongPack extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The pack is wrong:\n${faults.join('\n')}`);
  }
}

/**
 * Reads a pack from YAML.
 * @throws WrongPack naming each fault as `file:line path: reason`
 */
export function loadPack(text: string, fileName: string): Policy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new WrongPack(
      document.errors.map(({ pos, message }) => `${fileName}:${lines.linePos(pos[0]).line} ${message.split('\n')[0]}`),
    );
  }
  const checked = packSchema.safeParse(document.toJS());
  if (checked.success) return new Policy(checked.data);
  throw new WrongPack(
    checked.error.issues.map(({ path, message }) => {
      const line = lines.linePos(offsetOf(document, path)).line;
      return `${fileName}:${line} ${path.join('.') || 'pack'}: ${message}`;
    }),
  );
}

/** Where the value at the path stands, or the nearest one around it when it is missing. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const inner = path.slice(0, length);
    const node = document.getIn(inner, true);
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.range) return node.range[0];
  }
  return 0;
}
