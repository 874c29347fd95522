import { isMap, isNode, isScalar, LineCounter, type Document } from 'yaml';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What is wrong with a mapping, each fault with the line it is on and what would be allowed there. */
export function faultsOf(issues: readonly Issue[], document: Document, lines: LineCounter): string[] {
  const placed = issues.flatMap((issue) => faults(issue, [])).map((fault) => ({ ...fault, line: lineOf(fault) }));
  return placed
    .sort((a, b) => a.line - b.line)
    .map(
      ({ line, path, said }) => `line ${line}: ${path.length === 0 ? '' : `${path.map(String).join('.')}: `}${said}`,
    );

  function lineOf({ path, key }: Fault): number {
    const start = key === undefined ? startOf(document, path) : keyStart(document, path, key);
    return start === undefined ? 1 : lines.linePos(start).line;
  }
}

interface Fault {
  readonly path: Path;
  readonly said: string;
  /** The member that should not be there. */
  readonly key?: string;
}

function faults(issue: Issue, above: Path): Fault[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const meant = [...issue.errors].sort((a, b) => distance(a) - distance(b))[0]!;
    return unknownInAll(issue.errors, path) ?? meant.flatMap((inner) => faults(inner, path));
  }
  if (issue.code !== 'unrecognized_keys') return [{ path, said: saidOf(issue) }];
  return issue.keys.map((key) => ({ path, key, said: `has no member “${key}”; ${issue.message}` }));
}

/** A member that none of the forms knows: which form was meant is open, so all of their members are named. */
function unknownInAll(forms: readonly (readonly Issue[])[], path: Path): Fault[] | undefined {
  const refusals = forms.flat().filter((issue) => issue.code === 'unrecognized_keys' && issue.path.length === 0);
  const objects = forms.filter((form) => form.every((issue) => issue.path.length > 0 || !isOtherKind(issue)));
  const keys = refusals.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  const unknown = [...new Set(keys)].filter((key) => keys.filter((it) => it === key).length === objects.length);
  if (unknown.length === 0) return undefined;
  const allowed = refusals.map(({ message }) => message.replace(/^there are /, '')).join(', or ');
  return unknown.map((key) => ({ path, key, said: `has no member “${key}”; there are ${allowed}` }));
}

const isOtherKind = ({ code }: Issue): boolean => code === 'invalid_type' || code === 'invalid_value';

function saidOf(issue: Issue): string {
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code !== 'invalid_type') return issue.message;
  return issue.message.endsWith('received undefined') ? 'is missing' : `must be ${issue.expected}`;
}

/** How far what was written is from one of several allowed forms: the nearest is the one that was meant. */
function distance(issues: readonly Issue[]): number {
  const costs = issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return 10 * issue.keys.length;
    if (issue.path.length > 0 || !isOtherKind(issue)) return 1;
    return issue.code === 'invalid_type' ? 100 : 50;
  });
  return costs.reduce((sum, cost) => sum + cost, 0);
}

/** Where the node at the path begins, or the nearest one around it where it is missing. */
function startOf(document: Document, path: Path): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}

function keyStart(document: Document, path: Path, name: string): number | undefined {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(map)) return undefined;
  for (const { key } of map.items) if (isScalar(key) && key.value === name) return key.range?.[0];
  return undefined;
}
