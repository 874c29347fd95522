import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPack, type Policy } from '../index.js';

const FOLDER = join(import.meta.dirname, '../packs');

/** The ids of the packs that are shipped. */
export const PACKS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''))
  .sort();

export const packText = (id: string): string => readFileSync(join(FOLDER, `${id}.yaml`), 'utf8');

export const shippedPack = (id: string): Policy => loadPack(packText(id), `${id}.yaml`);

/** A shipped pack in which something stands otherwise; what is replaced must be there. */
export function packWith(id: string, what: string, by: string): Policy {
  const text = packText(id);
  if (!text.includes(what)) throw new Error(`${id} does not say "${what}"`);
  return loadPack(text.replace(what, by), `${id}.yaml`);
}
