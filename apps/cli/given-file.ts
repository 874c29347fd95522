import { readFileSync } from 'node:fs';
import { CliError } from './client.js';

/** The text of a file that somebody named. @throws CliError what is wrong with it */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CliError(`There is no file ${file}.`);
    if (code === 'EISDIR') throw new CliError(`${file} is a folder: name a file.`);
    throw new CliError(`${file} cannot be read: ${code ?? message}`);
  }
}
