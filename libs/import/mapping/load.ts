import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { mappingSchema, type Mapping } from './schema.js';

const SHIPPED = join(import.meta.dirname, '../mappings');
const EXTENSION = '.yaml';

/** A mapping that cannot be used: the message says where it is wrong and what is allowed. */
export class MappingInvalid extends Error {
  readonly code = 'MAPPING_INVALID';
}

/** The names of the mappings that ship. */
export const shippedMappings = (): string[] =>
  readdirSync(SHIPPED)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();

/**
 * A mapping by the name of one that ships, or by the path of a YAML file.
 * @throws MappingInvalid
 */
export function loadMapping(nameOrFile: string): Mapping {
  const isName = shippedMappings().includes(nameOrFile);
  const file = isName ? join(SHIPPED, nameOrFile + EXTENSION) : nameOrFile;
  if (!existsSync(file)) {
    throw new MappingInvalid(
      `There is no mapping ${nameOrFile}: give the path of a file, or one of ${shippedMappings().join(', ')}.`,
    );
  }
  return parseMapping(readFileSync(file, 'utf8'), nameOrFile);
}

/** @param name for messages @throws MappingInvalid */
export function parseMapping(yaml: string, name: string): Mapping {
  const document = parseDocument(yaml);
  const [error] = document.errors;
  if (error) throw new MappingInvalid(`Mapping ${name} is no YAML: ${error.message}`);
  const parsed = mappingSchema.safeParse(document.toJS());
  if (!parsed.success) throw new MappingInvalid(`Mapping ${name} is not valid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
