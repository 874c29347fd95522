import { isWellFormed } from '#kernel';
import { ProblemError } from './problems.js';

/** Names with a meaning to JavaScript itself: no field of ours is called so, and what copies fields passes over some silently. */
const HOSTILE_NAMES = new Set(['prototype', ...Object.getOwnPropertyNames(Object.prototype)]);
export const isHostileName = (name: string): boolean => HOSTILE_NAMES.has(name);

const DEEPEST = 32;
/** Only a body that holds one of these can hold a hostile name or a lone surrogate. */
const SUSPICIOUS = new RegExp(`\\\\u|${[...HOSTILE_NAMES].join('|')}`);
const OPENING = /[[{]/g;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * Reads a JSON body. Plain bodies, which are nearly all, are parsed and nothing else; what could carry a trap is
 * walked through.
 * @throws ProblemError BROKEN_JSON, MALFORMED_TEXT or VALIDATION_FAILED
 */
export function parseJsonBody(bytes: Buffer): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProblemError('BROKEN_JSON');
  }
  const openings = text.match(OPENING)?.length ?? 0;
  if (openings > DEEPEST && isDeeperThan(value, DEEPEST)) {
    throw new ProblemError('VALIDATION_FAILED', {
      errors: [{ field: '', problem: `nested more than ${DEEPEST} deep` }],
    });
  }
  if (SUSPICIOUS.test(text)) {
    if (!isWellFormed(value)) throw new ProblemError('MALFORMED_TEXT');
    const hostile = hostileName(value, '');
    if (hostile !== undefined) {
      throw new ProblemError('VALIDATION_FAILED', { errors: [{ field: hostile, problem: 'there is no such field' }] });
    }
  }
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ProblemError('BROKEN_JSON', {}, 'The body is not UTF-8.');
  }
}

/** Without recursion: a body of a hundred thousand brackets must not exhaust the stack. */
function isDeeperThan(value: unknown, limit: number): boolean {
  const open: [unknown, number][] = [[value, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [inner, depth] = next;
    if (inner === null || typeof inner !== 'object') continue;
    if (depth >= limit) return true;
    for (const member of Object.values(inner)) open.push([member, depth + 1]);
  }
  return false;
}

function hostileName(value: unknown, path: string): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  for (const key of Object.keys(value)) {
    const field = path === '' ? key : `${path}.${key}`;
    const found = HOSTILE_NAMES.has(key) ? field : hostileName((value as Record<string, unknown>)[key], field);
    if (found !== undefined) return found;
  }
  return undefined;
}
