import type { Random } from '../../support/random.js';

const cursor = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

const NUMBERS = ['0', '-1', '1.5', '1e2', 'abc', '99999', '%00', '1%202', '9'.repeat(40), '٣'];
const POSITIONS = ['x', '-', '!!', 'aaaaaaaa-zz', 'aaaaaaaa-0-0-0', '-1', '0', '%00', '%F0%9F%98%80', 'z'.repeat(90)];
const CURSORS = [
  'x',
  '%00',
  cursor([]),
  cursor({}),
  cursor(['board']),
  cursor(['nextDue:asc', {}, []]),
  cursor(null),
  'a'.repeat(400),
];
const INSTANTS = [
  'yesterday',
  '2026-13-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-01-01',
  '0',
  '-1',
  '%00',
  '2026-01-01T00:00:00',
];
const BROKEN_ESCAPES = ['%', '%zz', '%c0%af', '%ff', '%ed%a0%80', '%u0041'];

/** Parameters with values that each of them must refuse, per address. */
const WRONG: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  '/cases': {
    limit: NUMBERS,
    cursor: CURSORS,
    atLeast: POSITIONS,
    sort: ['name', '__proto__', 'next_due_at;drop'],
    direction: ['up', '1'],
    state: ['open', 'received,', 'received,frob', 'RECEIVED'],
    severity: ['worst', '1'],
    channel: ['fax'],
    kind: ['x'],
    overdue: ['yes', '1'],
    text: ['x'.repeat(501), 'x'.repeat(12_000), ...BROKEN_ESCAPES],
    frob: ['1'],
    __proto__x: ['1'],
  },
  '/deadlines': {
    limit: NUMBERS,
    cursor: CURSORS,
    state: ['late'],
    severity: ['x'],
    clock: BROKEN_ESCAPES,
    frob: ['1'],
  },
  '/counts': { atLeast: POSITIONS, frob: ['1'] },
  '/events': {
    limit: NUMBERS,
    after: POSITIONS,
    types: ['Nothing', 'CaseReceived,Nothing', '*', '__proto__', '.*'],
    open: ['yes', '1'],
  },
  '/events/stream': { after: POSITIONS, types: ['Nothing'], open: ['yes'] },
  '/cases/ID': { asOf: INSTANTS, by: ['guess', '1'], frob: ['1'] },
  '/cases/ID/timeline': { asOf: INSTANTS, by: ['guess'] },
  '/cases/ID/changes': { from: INSTANTS, to: INSTANTS, by: ['guess'] },
};

/** An address with one parameter that is wrong, or given twice. */
export function wrongQuery(random: Random, caseId: string): string {
  const path = random.pick(Object.keys(WRONG));
  const parameters = WRONG[path]!;
  const name = random.pick(Object.keys(parameters));
  const value = random.pick(parameters[name]!);
  const address = path.replace('ID', caseId);
  return random.chance(0.1) ? `${address}?${name}=${value}&${name}=${value}` : `${address}?${name}=${value}`;
}
