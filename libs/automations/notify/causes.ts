import { ESCALATION_CLOCK, holdersOf, occurrence, PROMISE_CLOCK, SOURCE_TARGET_CLOCK } from '#cases';
import type { CaseEventType, CaseState, RecordedCaseEvent } from '#cases';
import type { NoticeFacts } from '#notifications';
import type { ClockOfEveryCase, NotifiedEvent, NoticeRule, Policy } from '#policy';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Within<A, B> = [A] extends [B] ? true : never;
type OursOfEveryCase = typeof PROMISE_CLOCK | typeof SOURCE_TARGET_CLOCK | typeof ESCALATION_CLOCK;

/** Packs are written in the words of the domain: this stops compiling where the two lists part. */
export const NOTICES_SPEAK_THE_DOMAIN: [Within<NotifiedEvent, CaseEventType>, Same<ClockOfEveryCase, OursOfEveryCase>] =
  [true, true];

/** The types of event that the automation must see: those of the pack's rules, and what stands in their place (EVENTS.md 16). */
export function typesToFollow({ notices }: Policy): readonly string[] {
  return notices === undefined ? [] : [...new Set([...notices.eventTypes, 'VerdictCorrected'])];
}

/** An event that somebody is to be told of, by a rule of the pack. */
export interface Cause {
  readonly rule: NoticeRule;
  /** Posts and persons in the words of pack and case; the directory knows who they are. */
  readonly to: readonly string[];
  readonly facts: NoticeFacts;
}

/**
 * I-12, K-4, K-7, E-1: who is told of an event, and what may be said of it.
 * @param behind the case as it is right behind the event
 */
export function causesIn(event: RecordedCaseEvent, behind: CaseState, policy: Policy): readonly Cause[] {
  // History was told long ago, if it was (EVENTS.md 18).
  if (event.meta.historical === true || policy.notices === undefined) return [];
  const facts = factsOf(event, behind);
  return policy.notices
    .rulesOn(occurrence(behind, event, policy))
    .map((rule) => ({ rule, facts, to: recipientsOf(rule, event, behind, policy) }));
}

/** Who holds a post is asked as of the instant at which it happened (EVENTS.md 14). */
function recipientsOf(
  { to }: NoticeRule,
  event: RecordedCaseEvent,
  behind: CaseState,
  policy: Policy,
): readonly string[] {
  const { occurredAt } = event.meta;
  const words = to.flatMap((post) => (post === 'recipients' ? namedBy(event) : [post]));
  const people = holdersOf(words, behind, policy, occurredAt).flatMap((word) => {
    if (word !== behind.unit) return [word];
    const responsible = policy.posts.holders(FIRST_RESPONSIBLE, word, occurredAt);
    return responsible.length === 0 ? [word] : responsible;
  });
  return [...new Set(people)];
}

/** O-2: a unit is told by telling the person first responsible for it (第一责任人). */
const FIRST_RESPONSIBLE = 'first_responsible';

/** Whom the event itself names: who is called in, who owed it, to whom it is reported. */
function namedBy({ data }: RecordedCaseEvent): readonly string[] {
  const { recipients, owedBy, to } = data as {
    readonly recipients?: readonly string[];
    readonly owedBy?: readonly string[];
    readonly to?: unknown;
  };
  return recipients ?? owedBy ?? (typeof to === 'string' ? [to] : []);
}

/** Ids, codes and instants only: this is all that an outbox row and a mail can know of the case (EVENTS.md 9). */
function factsOf({ data, meta }: RecordedCaseEvent, behind: CaseState): NoticeFacts {
  const { clock, run, dueAt, percent, level } = data as Partial<NoticeFacts>;
  const known = { category: behind.category, clock, run, dueAt, percent, level };
  return {
    severity: behind.severity,
    occurredAt: meta.occurredAt,
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
  };
}
