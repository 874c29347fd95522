import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Words that nobody says by chance, each in a place of its own, as text and as other programs might write it down. */
export function planted(name: string): string {
  return `${name}王小明${Buffer.from(name).toString('hex')}`;
}

/** The ways in which a word may stand in a file: as UTF-8, as escaped JSON, as Base64 wherever it begins, as UTF-16. */
export function formsOf(word: string): Buffer[] {
  const bytes = Buffer.from(word);
  const escaped = word.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const base64 = [0, 1, 2].map((offset) =>
    // Only what does not depend on the neighbours of the word.
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(offset === 0 ? 0 : 4, -4),
  );
  return [bytes, Buffer.from(escaped), ...base64.map((text) => Buffer.from(text)), Buffer.from(word, 'utf16le')];
}

export const holds = (content: Buffer, word: string): boolean => formsOf(word).some((form) => content.includes(form));

/** Which of the words stand in which files of a folder, as `file: word`. */
export function wordsIn(folder: string, words: readonly string[], isSearched: (file: string) => boolean): string[] {
  const files = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(file).isFile() && isSearched(relative(folder, file)));
  return files.flatMap((file) => {
    const content = readFileSync(file);
    return words.filter((word) => holds(content, word)).map((word) => `${relative(folder, file)}: ${word}`);
  });
}
