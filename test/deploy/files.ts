import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const DEPLOY = join(import.meta.dirname, '..', '..', '..', 'deploy');

export const deployed = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8');

export const yamlIn = (folder: string): string[] =>
  readdirSync(join(DEPLOY, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name}`);

/** The documents of a file. @throws Error on what is no YAML, a key that stands twice included */
export const documentsOf = (path: string): object[] =>
  parseAllDocuments(deployed(path), { merge: true }).map((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw new Error(`${path}: ${fault.message}`);
    return document.toJS() as object;
  });
