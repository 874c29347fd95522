import type { CaseEventType, RecordedCaseEvent } from '../events.js';
import type { CaseState, TextKey } from '../state.js';
import { CLOCKS } from './clocks.js';
import { HANDLING } from './handling.js';
import { INTAKE } from './intake.js';
import { PACK } from './pack.js';
import { RESULT } from './result.js';
import { SEVERITY } from './severity.js';
import type { Folds } from './fold.js';

/** The compiler asks for an entry per type of event; no type is told twice, for each stands in one table only. */
const FOLDS: Folds<CaseEventType> = { ...INTAKE, ...SEVERITY, ...HANDLING, ...RESULT, ...PACK, ...CLOCKS };
/** Every type of event of a case, derived from the folds so that none is missing. */
export const CASE_EVENT_TYPES = Object.keys(FOLDS) as readonly CaseEventType[];
const BY_TYPE = new Map(Object.entries(FOLDS)) as ReadonlyMap<string, (state: CaseState, event: unknown) => CaseState>;

/**
 * The case after one more event. Total: takes every event in every phase and order, because by occurred time they come in
 * orders that the strict life forbids. Never opens a personal part, never changes the state it is given.
 */
export function evolve(state: CaseState, event: RecordedCaseEvent): CaseState {
  const fold = BY_TYPE.get(event.type);
  if (fold === undefined) return state;
  const before = state.stream === undefined ? begun(state, event) : state;
  return withTexts(fold(before, event), event);
}

/** By occurred time a move to another policy may come first: it is told by its own event. */
function begun(state: CaseState, { stream, meta }: RecordedCaseEvent): CaseState {
  const { pack, version } = meta.policy;
  return { ...state, stream, policy: { pack, version } };
}

/** Remembers which free texts mention whom, so that an erasure finds them (EVENTS.md 7). */
function withTexts(state: CaseState, event: RecordedCaseEvent): CaseState {
  let fresh: TextKey[] | undefined;
  for (const part in event.personal) {
    const { keyId, mentions } = event.personal[part]!;
    if (mentions === undefined || fresh?.some((text) => text.keyId === keyId)) continue;
    (fresh ??= []).push({ keyId, mentions });
  }
  return fresh === undefined ? state : { ...state, texts: [...state.texts, ...fresh] };
}
