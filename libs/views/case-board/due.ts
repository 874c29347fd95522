import type { Instant } from '#kernel';
import { residual } from '#sql';
import { sql, type ExpressionBuilder } from 'kysely';
import type { ViewsSchema } from '../schema.js';
import { HIGHEST, type Condition, type Db } from './condition.js';

/**
 * The cases that have a past deadline, decided or not (EVENTS.md 17): alternatives that exclude each other, each with its
 * index. Counter and filter are made of the same ones, so that they cannot disagree.
 */
export const overdueBranches = (at: Instant): Condition[] => [
  (query) => query.where(sql<boolean>`broken = 1`),
  (query) => query.where(sql<boolean>`+broken = 0`).where('next_due_at', '<', at),
];

/** The same as one condition that chooses no index. */
export function overdueOrNot(db: Db, at: Instant, overdue: boolean): Condition {
  const past = sql<boolean>`(${residual(db, 'broken')} = 1 or coalesce(next_due_at, ${HIGHEST}) < ${at})`;
  return (query) => query.where(overdue ? past : sql<boolean>`not ${past}`);
}

/** From `at` on, before `before`. */
export interface DueSpan {
  readonly at: Instant;
  readonly before: Instant;
}

/**
 * The cases in which something breaks within a span, whatever broke before. What is past and not settled yet does not hide
 * what comes after it: the answer is the one that will hold once it is settled (EVENTS.md 17).
 */
export const dueBranches = (db: Db, span: DueSpan): Condition[] => [
  (query) => query.where('next_due_at', '>=', span.at).where('next_due_at', '<', span.before),
  (query) => query.where('next_due_at', '<', span.at).where((eb) => eb.exists(deadlineWithin(db, eb, span))),
];

/** The same as one condition that chooses no index. */
export function dueWithin(db: Db, span: DueSpan): Condition {
  const next = residual<string | null>(db, 'next_due_at');
  return (query) =>
    query.where((eb) =>
      eb.and([eb(next, '<', span.before), eb.or([eb(next, '>=', span.at), eb.exists(deadlineWithin(db, eb, span))])]),
    );
}

const deadlineWithin = (db: Db, eb: ExpressionBuilder<ViewsSchema, 'case_board'>, { at, before }: DueSpan) =>
  eb
    .selectFrom('deadline')
    .select('deadline.case_id')
    .whereRef('deadline.case_id', '=', 'case_board.case_id')
    .where(sql<boolean>`${residual(db, 'deadline.state')} = 'running'`)
    .where('deadline.due_at', '>=', at)
    .where('deadline.due_at', '<', before);
