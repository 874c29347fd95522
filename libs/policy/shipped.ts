import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPack } from './load.js';
import type { Policy } from './policy.js';

const FOLDER = join(import.meta.dirname, 'packs');

/** A pack as somebody wrote it. */
export interface PackText {
  readonly fileName: string;
  readonly text: string;
}

/** The packs that come with the engine, in the order of their names. */
export const shippedPacks = (): readonly PackText[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ fileName: `packs/${name}`, text: readFileSync(join(FOLDER, name), 'utf8') }));

let group: Policy | undefined;

/** The pack of the real-estate group's service centre (G), as shipped. Read once. */
export function groupPack(): Policy {
  const name = 'packs/group.yaml';
  group ??= loadPack(readFileSync(join(import.meta.dirname, name), 'utf8'), name);
  return group;
}
