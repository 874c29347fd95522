import type { Instant } from '#kernel';
import type { PreparedRepeat } from './rules.js';

/** A case that counts, among those with which it agrees in all that the rule asks for. */
export interface CountedCase {
  readonly caseId: string;
  /** When it happened. */
  readonly at: Instant;
  /** Undefined where nobody knows who they are: then they are nobody different. */
  readonly complainant: string | undefined;
  /** When it stood handled to its end, from and up to; reopened and ended again there are several. */
  readonly handled: readonly (readonly [from: Instant, to?: Instant])[];
}

/** With which others a case is a repeat. */
export interface Match {
  readonly cases: readonly string[];
  readonly complainants: number;
}

/**
 * So many others are named before and behind a case, the nearest ones: in a wave of complaints about one matter every
 * further one would otherwise be written into all before it.
 */
export const NAMED_EACH_WAY = 10;
const MOST_COUNTED = 2 * NAMED_EACH_WAY + 1;

/**
 * which of the cases match by the rule. Depends on the set alone, never on the order in which it came to be.
 * @returns the cases that are repeats, by id
 */
export function matchesAmong(prepared: PreparedRepeat, counted: readonly CountedCase[]): ReadonlyMap<string, Match> {
  const cases = [...counted].sort((a, b) => compare(a.at, b.at) || compare(a.caseId, b.caseId));
  const { counting, afterHandling } = prepared.rule;
  if (counting === 'previous' || afterHandling) return inPairs(cases, prepared);
  return together(cases, prepared);
}

/** So many within one window: every case of such a window is a repeat with all others of its windows. */
function together(cases: readonly CountedCase[], prepared: PreparedRepeat): ReadonlyMap<string, Match> {
  const { atLeast, distinctComplainants } = prepared.rule;
  const windows = windowsOf(cases, prepared).filter(
    ({ from, to, complainants }) => (distinctComplainants ? complainants : to - from + 1) >= atLeast,
  );
  const matches = new Map<string, Match>();
  let first = 0;
  cases.forEach((it, at) => {
    while (first < windows.length && windows[first]!.to < at) first += 1;
    let complainants = 0;
    let last: Window | undefined;
    for (let index = first; index < windows.length && windows[index]!.from <= at; index++) {
      last = windows[index]!;
      complainants = Math.max(complainants, last.complainants);
    }
    if (last === undefined) return;
    const before = cases.slice(Math.max(windows[first]!.from, at - NAMED_EACH_WAY), at);
    const behind = cases.slice(at + 1, Math.min(last.to, at + NAMED_EACH_WAY) + 1);
    matches.set(it.caseId, {
      cases: [...before, ...behind].map(({ caseId }) => caseId).sort(),
      complainants: Math.min(complainants, MOST_COUNTED),
    });
  });
  return matches;
}

interface Window {
  readonly from: number;
  /** Its last case. */
  readonly to: number;
  readonly complainants: number;
}

/** The windows that begin with each case, but for those that lie within the one before. */
function windowsOf(cases: readonly CountedCase[], { windowEnd }: PreparedRepeat): Window[] {
  const windows: Window[] = [];
  const present = new Map<string, number>();
  const count = ({ complainant }: CountedCase, by: 1 | -1): void => {
    if (complainant === undefined) return;
    const times = (present.get(complainant) ?? 0) + by;
    if (times === 0) present.delete(complainant);
    else present.set(complainant, times);
  };
  let next = 0;
  cases.forEach((first, from) => {
    const end = windowEnd(first.at);
    const reached = next;
    while (next < cases.length && cases[next]!.at <= end) count(cases[next++]!, 1);
    if (next > reached) windows.push({ from, to: next - 1, complainants: present.size });
    count(first, -1);
  });
  return windows;
}

/** Each case with one before it: the previous one, or the last that had been handled to its end by then. */
function inPairs(cases: readonly CountedCase[], prepared: PreparedRepeat): ReadonlyMap<string, Match> {
  const partners = new Map<CountedCase, { before?: CountedCase; behind: CountedCase[] }>();
  const partnersOf = (it: CountedCase) => {
    const known = partners.get(it) ?? { behind: [] };
    partners.set(it, known);
    return known;
  };
  cases.forEach((later, at) => {
    const earlier = earlierOf(cases, at, prepared);
    if (earlier === undefined) return;
    partnersOf(later).before = earlier;
    const { behind } = partnersOf(earlier);
    if (behind.length < NAMED_EACH_WAY) behind.push(later);
  });
  const matches = new Map<string, Match>();
  for (const [it, { before, behind }] of partners) {
    const others = [...(before === undefined ? [] : [before]), ...behind];
    if (others.length === 0) continue;
    const known = new Set([it, ...others].flatMap(({ complainant }) => complainant ?? []));
    matches.set(it.caseId, { cases: others.map(({ caseId }) => caseId).sort(), complainants: known.size });
  }
  return matches;
}

function earlierOf(cases: readonly CountedCase[], at: number, prepared: PreparedRepeat): CountedCase | undefined {
  const { counting, afterHandling, distinctComplainants } = prepared.rule;
  const later = cases[at]!;
  for (let index = at - 1; index >= 0; index--) {
    const earlier = cases[index]!;
    if (prepared.windowEnd(earlier.at) < later.at) return undefined;
    const fits =
      (!afterHandling || wasHandledBy(earlier, later.at)) && (!distinctComplainants || isAnother(earlier, later));
    if (fits) return earlier;
    if (counting === 'previous') return undefined;
  }
  return undefined;
}

const wasHandledBy = ({ handled }: CountedCase, at: Instant): boolean =>
  handled.some(([from, to]) => from <= at && (to === undefined || at < to));

const isAnother = (a: CountedCase, b: CountedCase): boolean =>
  a.complainant !== undefined && b.complainant !== undefined && a.complainant !== b.complainant;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
