import { isRefusal, type Refusal } from '#kernel';
import type { Executed } from '#execution';
import type { Reply } from '../http/context.js';
import { problemOf, ProblemError } from '../http/problems.js';

/** Answers 201 with what was put on record, 200 where it was known. @throws ProblemError what was refused */
export function sendPublished(reply: Reply, outcome: Executed | Refusal): void {
  if (isRefusal(outcome)) throw new ProblemError(outcome.code, outcome.facts, problemOf(outcome).detail);
  const { result, position, repeated } = outcome;
  const isKnown = repeated || result['known'] === true;
  void reply
    .code(isKnown ? 200 : 201)
    .header('redress-position', position)
    .header('content-type', 'application/json; charset=utf-8');
  void reply.send(JSON.stringify({ ...result, known: isKnown, position }));
}
