import ts from 'typescript';

/** Rules by their ids: `K-10` in a family, sections that are one rule, and paragraphs of DISP. */
const RULE = /\b(?:[IKSHVRCEOA]-\d+|section \d+|1\.\d\.\d+[A-Z]?)(?![\w-])/g;

export const rulesIn = (text: string): string[] => text.match(RULE) ?? [];

/** Parts of a pack that are data of reports and archives, ruled in sections of their own (7, 9). */
const ELSEWHERE = ['rates', 'retention'];

/** The ids of all rules that the sources of a pack name, each once. */
export function citedBy(pack: unknown): readonly string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (ELSEWHERE.includes(key)) continue;
      if (key === 'source') rulesIn(String(inner)).forEach((rule) => found.add(rule));
      else look(inner);
    }
  };
  look(pack);
  return [...found].sort();
}

/** The titles of the tests in a file, each behind those of the groups around it. */
export function titlesOf(text: string): readonly string[] {
  const titles: string[] = [];
  const look = (node: ts.Node, around: readonly string[]): void => {
    const title = ts.isCallExpression(node) ? titleOf(node) : undefined;
    const within = title === undefined ? around : [...around, title.words];
    if (title?.of === 'test') titles.push(within.join(' '));
    ts.forEachChild(node, (child) => look(child, within));
  };
  look(ts.createSourceFile('a.test.ts', text, ts.ScriptTarget.Latest), []);
  return titles;
}

/** `test('…')`, `describe.each(…)('…')` and their kin. */
function titleOf({ expression, arguments: [first] }: ts.CallExpression): { of: string; words: string } | undefined {
  if (first === undefined || !ts.isStringLiteralLike(first)) return undefined;
  let callee: ts.Expression = expression;
  while (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) callee = callee.expression;
  if (!ts.isIdentifier(callee) || !['test', 'describe'].includes(callee.text)) return undefined;
  return { of: callee.text, words: first.text };
}
