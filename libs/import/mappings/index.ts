import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const EXTENSION = '.yaml';

/** The names of the mappings that ship. */
export const shippedMappings = (): string[] =>
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();

/** Where the mapping of that name lies. */
export const shippedMapping = (name: string): string => join(import.meta.dirname, name + EXTENSION);
