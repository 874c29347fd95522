import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RULES, sourceFile, type SourceFile } from './rules.js';

const TOP = join(import.meta.dirname, '../../..');
const EXAMPLES = 'test/architecture/examples';

function filesBelow(folder: string): string[] {
  return readdirSync(join(TOP, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(TOP.length + 1));
}

/** The first line of an example says where it would stand: `// libs/views/board.ts` */
function example(file: string): SourceFile {
  const text = readFileSync(join(TOP, file), 'utf8');
  return sourceFile(text.slice(3, text.indexOf('\n')).trim(), text);
}

const project = [...filesBelow('libs'), ...filesBelow('apps')].map((path) =>
  sourceFile(path, readFileSync(join(TOP, path), 'utf8')),
);

describe.each(RULES)('architecture: $says', (rule) => {
  test('holds everywhere', () => {
    const broken = project.flatMap((file) => {
      const reason = rule.check(file);
      return reason === undefined ? [] : [`${file.path}: ${reason}`];
    });
    expect(broken).toEqual([]);
  });

  test('is broken by each of its bad examples', () => {
    const examples = filesBelow(`${EXAMPLES}/${rule.id}`);
    expect(examples.length).toBeGreaterThan(0);
    for (const file of examples) expect([file, rule.check(example(file))]).toEqual([file, expect.any(String)]);
  });
});

test('architecture: every lib has a front door', () => {
  const libs = readdirSync(join(TOP, 'libs'));
  const doors = new Set(project.map(({ path }) => path));
  expect(libs.filter((lib) => !doors.has(`libs/${lib}/index.ts`))).toEqual([]);
});
