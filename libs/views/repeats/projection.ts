import type { CaseEvent } from '#cases';
import type { Instant } from '#kernel';
import type { RepeatRules, Sameness } from '#policy';
import type { Projected, ProjectedEvent, Projection, Tables } from '#sql';
import { comparedAfter, complainantOf, Hashes, type Compared } from './compared.js';
import {
  REPEAT_CASE,
  REPEAT_CHANGE,
  REPEAT_KEY,
  type RepeatCaseRow,
  type RepeatChangeRow,
  type RepeatKeyRow,
} from './tables.js';

/** What cases are compared by, and the secret under which what is personal of it is hashed. */
export interface RepeatSources {
  /** As they are known now: packs may be published while the view is kept. */
  readonly rules: RepeatRules;
  readonly secret: Buffer;
}

type Spans = readonly (readonly [from: Instant, to?: Instant])[];

/**
 * Which cases are about the same? Per case and rule a key of keyed hashes; and which keys changed when, for the matching to
 * follow. Other rules give other keys: the version follows from them, so that the view is built anew (R-1, EVENTS.md 10).
 */
export function repeatsProjection(sources: RepeatSources): Projection {
  const hashes = new Hashes(sources.secret);
  return {
    name: 'repeats',
    get version() {
      return sources.rules.fingerprint;
    },
    partition: 'subject',
    category: 'case',
    opens: { CaseReceived: ['complainant', 'fields'], IntakeAmended: ['complainant', 'fields'] },
    tables: [
      { kind: 'rows', shape: REPEAT_CASE, of: 'subject' },
      { kind: 'rows', shape: REPEAT_KEY, of: 'subject' },
      { kind: 'entries', shape: REPEAT_CHANGE, subject: 'case_id' },
    ],
    fold(event, tables) {
      const cases = tables.rows(REPEAT_CASE);
      const before = cases.get() ?? begun(event);
      // Most of what happens in a case says nothing of what it is about: it shall cost nothing.
      if (!TELLING.has(event.type) && isRuledBy(before, event)) return;
      const samenesses = sources.rules.samenessesOf(event.meta.policy.pack);
      const normalisers = samenesses.flatMap((it) => [...it.normalisers]);
      const known = JSON.parse(before.compared) as Compared;
      const compared = comparedAfter(known, event as Projected<CaseEvent>, hashes, normalisers);
      const after = caseAfter(before, event as Projected<CaseEvent>, known, compared);
      cases.put(after);
      if (after !== before) rekey(tables, { before, after, samenesses, hashes, seq: event.position });
    },
  };
}

const TELLING: ReadonlySet<string> = new Set<CaseEvent['type']>([
  'CaseReceived',
  'IntakeAmended',
  'IdentityVerified',
  'CaseClassified',
  'CaseAssigned',
  'CaseTransferred',
  'CaseResolved',
  'CaseClosed',
  'CaseArchived',
  'CaseReopened',
  'CaseDeclined',
  'CaseWithdrawn',
  'RepeatFound',
  'RepeatWithdrawn',
  'RepeatDismissed',
  'SubjectErased',
]);

const isRuledBy = ({ pack, version }: RepeatCaseRow, { meta }: ProjectedEvent): boolean =>
  pack === meta.policy.pack && version === meta.policy.version;

const begun = ({ subject, meta }: ProjectedEvent): RepeatCaseRow => ({
  case_id: subject,
  pack: meta.policy.pack,
  version: meta.policy.version,
  compared: JSON.stringify({ kind: '', channel: '', fields: {} } satisfies Compared),
  at: meta.occurredAt,
  void: 1,
  handled: '[]',
  recorded: '{}',
  dismissed: '[]',
  historical: 0,
  erased: 0,
});

/** The same row where the event says nothing about it. */
function caseAfter(
  row: RepeatCaseRow,
  event: Projected<CaseEvent>,
  known: Compared,
  compared: Compared,
): RepeatCaseRow {
  const { pack, version } = event.meta.policy;
  const ruled = isRuledBy(row, event) ? row : { ...row, pack, version };
  const next = compared === known ? ruled : { ...ruled, compared: JSON.stringify(compared) };
  const at = event.meta.occurredAt;
  switch (event.type) {
    case 'CaseReceived':
      return { ...next, at, void: 0, historical: event.meta.historical === true ? 1 : 0 };
    case 'CaseResolved':
    case 'CaseClosed':
    case 'CaseArchived':
      return { ...next, handled: JSON.stringify(ended(spansOf(next), at)) };
    case 'CaseDeclined':
    case 'CaseWithdrawn':
      return { ...next, void: 1 };
    case 'CaseReopened':
      if (event.data.to === 'resolved') return { ...next, void: 0 };
      return { ...next, void: 0, handled: JSON.stringify(takenUp(spansOf(next), at)) };
    case 'RepeatFound': {
      const { rule, cases, complainants } = event.data;
      return { ...next, recorded: JSON.stringify({ ...recordedBy(next), [rule]: { cases, complainants } }) };
    }
    case 'RepeatWithdrawn': {
      const { [event.data.rule]: _, ...others } = recordedBy(next);
      return { ...next, recorded: JSON.stringify(others) };
    }
    case 'RepeatDismissed': {
      const dismissed = JSON.parse(next.dismissed) as unknown[];
      const { rule, otherCaseId } = event.data;
      return { ...next, dismissed: JSON.stringify([...dismissed, [rule, otherCaseId]]) };
    }
    case 'SubjectErased':
      return event.data.keyIds.includes(compared.party ?? '') ? { ...next, erased: 1 } : next;
    default:
      return next;
  }
}

const spansOf = ({ handled }: RepeatCaseRow): Spans => JSON.parse(handled) as Spans;
const recordedBy = ({ recorded }: RepeatCaseRow): object & Record<string, unknown> =>
  JSON.parse(recorded) as Record<string, unknown>;

const ended = (spans: Spans, at: Instant): Spans => (spans.at(-1)?.length === 1 ? spans : [...spans, [at]]);

/** Taken up again it is not handled to its end any more, from then on. */
const takenUp = (spans: Spans, at: Instant): Spans => {
  const last = spans.at(-1);
  return last?.length === 1 ? [...spans.slice(0, -1), [last[0], at]] : spans;
};

interface Change {
  readonly before: RepeatCaseRow;
  readonly after: RepeatCaseRow;
  readonly samenesses: readonly Sameness[];
  readonly hashes: Hashes;
  readonly seq: number;
}

/** Puts the case under its keys, and says which keys the matching must look at again: that which it leaves as well. */
function rekey(tables: Tables, { before, after, samenesses, hashes, seq }: Change): void {
  const keys = tables.rows(REPEAT_KEY);
  const compared = JSON.parse(after.compared) as Compared;
  const looksAgain = before.dismissed !== after.dismissed || before.version !== after.version;
  // One that came under another pack leaves the keys of the old one.
  for (const id of new Set([...samenesses, ...keys.all().map((row) => ({ id: row.sameness }))].map((it) => it.id))) {
    const sameness = samenesses.find((it) => it.id === id);
    const old = keys.get(id);
    const fresh = sameness && keyRow(after, compared, sameness, hashes);
    if (sameRow(old, fresh) && !looksAgain) continue;
    if (fresh !== undefined) keys.put(fresh);
    else if (old !== undefined) keys.remove(old);
    const changed = [old, fresh].filter((row) => row?.counted === 1) as RepeatKeyRow[];
    for (const { hash, at } of distinct(changed)) {
      tables.enter(REPEAT_CHANGE, { seq, sameness: id, hash, at, case_id: after.case_id } satisfies RepeatChangeRow);
    }
  }
}

function keyRow(row: RepeatCaseRow, compared: Compared, sameness: Sameness, hashes: Hashes): RepeatKeyRow | undefined {
  const hash = hashes.keyOf(sameness, compared);
  if (hash === undefined) return undefined;
  return {
    case_id: row.case_id,
    sameness: sameness.id,
    hash,
    at: row.at,
    counted: Number(row.void === 0 && sameness.kinds.includes(compared.kind)),
    complainant: complainantOf(compared) ?? null,
    handled: sameness.afterHandling ? row.handled : null,
  };
}

const distinct = ([old, fresh]: readonly RepeatKeyRow[]): RepeatKeyRow[] => {
  if (old === undefined) return [];
  return fresh === undefined || (fresh.hash === old.hash && fresh.at === old.at) ? [old] : [old, fresh];
};

const sameRow = (a: RepeatKeyRow | undefined, b: RepeatKeyRow | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.hash === b.hash &&
    a.at === b.at &&
    a.counted === b.counted &&
    a.complainant === b.complainant &&
    a.handled === b.handled);
