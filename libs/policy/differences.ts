import { parse } from 'yaml';

type Value = unknown;
type Fields = Readonly<Record<string, Value>>;

/**
 * What one version of a pack says otherwise than another, in lines for people: per rule what changes, what is new and what
 * is gone. Rules are known by their ids, whatever their order; where the order itself rules, a moved rule is named.
 * @param before and `after` texts of packs that were checked
 * @returns no line where they say the same
 */
export function packDifferences(before: string, after: string): readonly string[] {
  const [from, to] = [packContent(before), packContent(after)];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((section) => {
    const lines = differences(from[section], to[section], '');
    return lines.length === 0 ? [] : [section, ...lines.map((line) => `  ${line}`)];
  });
}

/** What a pack says, as it is written but for what YAML merges (`<<`). */
export const packContent = (text: string): Fields => parse(text, { merge: true }) as Fields;

function differences(from: Value, to: Value, path: string): readonly string[] {
  if (isSame(from, to)) return [];
  if (isRules(from) && isRules(to)) return ruleDifferences(from, to, path);
  if (isFields(from) && isFields(to)) {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key) =>
      differences(from[key], to[key], path === '' ? key : `${path}.${key}`),
    );
  }
  const name = path === '' ? '' : `${path}: `;
  if (from === undefined) return [`+ ${name}${shown(to)}`];
  if (to === undefined) return [`- ${name}${shown(from)}`];
  return [`${name}${shown(from)} → ${shown(to)}`];
}

type Rule = Fields & { readonly id: string };

function ruleDifferences(from: readonly Rule[], to: readonly Rule[], path: string): readonly string[] {
  const under = path === '' ? '' : `${path}.`;
  const gone = from.filter(({ id }) => !to.some((it) => it.id === id));
  const lines = gone.map((rule) => `- ${under}${rule.id}${source(rule)}`);
  for (const rule of to) {
    const old = from.find(({ id }) => id === rule.id);
    if (old === undefined) lines.push(`+ ${under}${rule.id}: ${shown(without(rule, 'id'))}`);
    else
      lines.push(...differences(without(old, 'id'), without(rule, 'id'), '').map((it) => `${under}${rule.id} ${it}`));
  }
  return [...lines, ...moves(from, to).map((id) => `${under}${id} stands elsewhere in the order`)];
}

/** The rules that both have and that stand at another place among these. */
function moves(from: readonly Rule[], to: readonly Rule[]): readonly string[] {
  const shared = (rules: readonly Rule[], others: readonly Rule[]): string[] =>
    rules.map(({ id }) => id).filter((id) => others.some((it) => it.id === id));
  const [old, fresh] = [shared(from, to), shared(to, from)];
  return fresh.filter((id, index) => old[index] !== id);
}

const source = ({ source: from }: Rule): string => (typeof from === 'string' ? ` (${from})` : '');

const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

const isFields = (value: Value): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRules = (value: Value): value is readonly Rule[] =>
  Array.isArray(value) && value.length > 0 && value.every((it) => isFields(it) && typeof it['id'] === 'string');

/** Whether two values say the same, whatever the order of their fields. */
function isSame(a: Value, b: Value): boolean {
  if (isFields(a) && isFields(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]));
  }
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((it, at) => isSame(it, b[at]));
  return a === b;
}

function shown(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (isFields(value)) {
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${shown(inner)}`)
      .join(', ')} }`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
