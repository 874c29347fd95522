import type { Aggregate } from '#execution';
import type { Policy } from '#policy';
import type { CaseEvent } from './events.js';
import { evolve } from './evolve/index.js';
import { follow } from './follow.js';
import { settle } from './settle.js';
import { initialCase, type CaseState } from './state.js';

/** A complaint or service case, for the executor. Streams are `case-<id>`. */
export const caseAggregate: Aggregate<CaseState, CaseEvent, Policy> = {
  category: 'case',
  initial: initialCase,
  upcasts: {},
  evolve,
  settle,
  follow,
};
