import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { citedBy, rulesIn, titlesOf } from './rule-tests.js';

const TOP = join(import.meta.dirname, '../../..');
const PACKS = 'libs/policy/packs';
const read = (path: string): string => readFileSync(join(TOP, path), 'utf8');

const sources = ['libs', 'apps', 'test'].flatMap((folder) =>
  readdirSync(join(TOP, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path)),
);
const tests = sources.filter((path) => path.endsWith('.test.ts'));
const titled = (paths: readonly string[]): ReadonlySet<string> =>
  new Set(paths.flatMap((path) => titlesOf(read(path)).flatMap(rulesIn)));

/** Tests of a pack stand in files that begin with its name; those of `every-pack` go through all packs that are shipped. */
const testsOf = (pack: string): string[] =>
  tests.filter((path) => new RegExp(`^(${pack}(-[a-z]+)*|every-pack)\\.test\\.ts$`).test(basename(path)));

describe('every rule that a shipped pack states has a test under that pack which is named by it', () => {
  const packs = readdirSync(join(TOP, PACKS)).filter((name) => name.endsWith('.yaml'));
  test.each(packs)('%s', (file) => {
    const cited = citedBy(parse(read(join(PACKS, file)), { merge: true }));
    expect(cited.length).toBeGreaterThan(0);
    const tested = titled(testsOf(basename(file, '.yaml')));
    expect(cited.filter((rule) => !tested.has(rule))).toEqual([]);
  });
});

test('every rule that the code of the engine names has a test which is named by it', () => {
  const code = sources.filter((path) => path.startsWith('libs/') && !tests.includes(path));
  const named = new Set(code.flatMap((path) => rulesIn(read(path))));
  const tested = titled(tests);
  expect([...named].filter((rule) => !tested.has(rule)).sort()).toEqual([]);
});

describe('the check itself', () => {
  test('finds the rules that a pack cites, each once', () => {
    const pack = {
      clocks: [{ source: 'K-1, I-11 [S]; times ·' }, { source: 'K-1 [G]' }, { source: '·' }],
      severities: [{ source: 'S-1 [G] and section 12 [L]' }, { source: 'DISP 1.6.2, 1.6.2A' }],
    };
    expect(citedBy(pack)).toEqual(['1.6.2', '1.6.2A', 'I-11', 'K-1', 'S-1', 'section 12']);
  });

  test('reads titles with those around them; what only stands in a body is no title', () => {
    const text = `
      describe('K-4 [D]', () => { test.each([1])('at once: %s', () => { const said = 'S-9'; }); });
      test(\`E-1: escalated\`, () => {});
    `;
    expect(titlesOf(text)).toEqual(['K-4 [D] at once: %s', 'E-1: escalated']);
    expect(titlesOf(`describe('S-1', () => {});`)).toEqual([]);
  });
});
