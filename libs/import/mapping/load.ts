import { readFileSync, statSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { shippedMapping, shippedMappings } from '../mappings/index.js';
import { faultsOf } from './faults.js';
import { mappingSchema, type Mapping } from './schema.js';

/** A mapping that cannot be used: the message says where it is wrong and what is allowed. */
export class MappingInvalid extends Error {
  readonly code = 'MAPPING_INVALID';
}

/**
 * A mapping by the name of one that ships, or by the path of a YAML file.
 * @throws MappingInvalid
 */
export function loadMapping(nameOrFile: string): Mapping {
  const isName = shippedMappings().includes(nameOrFile);
  const file = isName ? shippedMapping(nameOrFile) : nameOrFile;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new MappingInvalid(
      `There is no mapping ${nameOrFile}: give the path of a file, or one of ${shippedMappings().join(', ')}.`,
    );
  }
  return parseMapping(readFileSync(file, 'utf8'), nameOrFile);
}

/** @param name for messages @throws MappingInvalid with the line of every fault and what is allowed there */
export function parseMapping(yaml: string, name: string): Mapping {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines });
  const [error] = document.errors;
  if (error) throw new MappingInvalid(`Mapping ${name} is no YAML: ${error.message.trim()}`);
  const parsed = mappingSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error.issues, document, lines).map((fault) => `  ${fault}`);
  throw new MappingInvalid(`Mapping ${name} is not valid:\n${faults.join('\n')}`);
}
