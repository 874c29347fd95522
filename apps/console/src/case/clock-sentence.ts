import { useMemo } from 'react';
import { useNames } from '../frame/session.tsx';
import type { Thing } from '../http/shapes.ts';
import type { ClockFacts, EscalationFacts } from '../language/en-clocks.ts';
import { term, useLanguage } from '../language/language.tsx';
import { instantText } from '../time/instants.tsx';
import { spanText } from '../time/spans.ts';

/** What an event says of itself. */
interface Said {
  readonly type: string;
  readonly data: Thing;
}

const textIn = (data: Thing, name: string): string => (typeof data[name] === 'string' ? data[name] : '');
const listIn = (data: Thing, name: string): readonly string[] => (Array.isArray(data[name]) ? data[name] : []);

const spanBetween = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from)) || 0;

/** Between which instants lies what the sentence measures: a pause, how early, how late. */
function spanOf({ type, data }: Said): number {
  const at = (name: string): string => textIn(data, name);
  if (type === 'ClockResumed') return spanBetween(at('pausedAt'), at('at'));
  if (type === 'DeadlineMet') return spanBetween(at('metAt'), at('dueAt'));
  return spanBetween(at('dueAt'), at('doneAt'));
}

/** Says in a sentence what an event did to a clock or an escalation; undefined for any other event. */
export function useClockSentence(escalations: readonly Thing[] = []): (said: Said) => string | undefined {
  const { words, locale } = useLanguage();
  const names = useNames();
  return useMemo(() => {
    const reasonOf = (code: string): string =>
      Object.hasOwn(words.reason, code) ? term(words.reason, code) : term({ ...words.event, ...words.value }, code);
    const people = (ids: readonly string[]): string => ids.map(names.person).join(words.listComma);
    const at = (instant: string): string => (instant === '' ? '' : instantText(instant, locale));
    const clockFacts = (said: Said): ClockFacts => {
      const { data } = said;
      const to = textIn(data, 'to');
      return {
        clock: names.clock(textIn(data, 'clock')),
        due: at(textIn(data, 'dueAt')),
        dueBefore: at(textIn(data, 'from')),
        at: at(['at', 'metAt', 'doneAt'].map((name) => textIn(data, name)).find((text) => text !== '') ?? ''),
        span: spanText(spanOf(said), words.span),
        percent: Number(data['percent'] ?? 0),
        reason: reasonOf(textIn(data, 'reasonCode')),
        from: term(words.clockState, textIn(data, 'from')),
        to: to === 'running' || to === '' ? '' : term(words.clockState, to),
        owedBy: people(listIn(data, 'owedBy')),
        provisional: listIn(data, 'provisionalYears').length > 0,
        standsStill: data['paused'] === true,
      };
    };
    const escalationFacts = ({ data }: Said): EscalationFacts => {
      const of = escalations.find(({ escalationId }) => escalationId === data['escalationId']) ?? data;
      const chain = textIn(of, 'chain');
      return {
        chain: chain === '' ? words.escalation.byHand : names.chain(chain),
        level: Number(of['level'] ?? 1),
        people: people(listIn(of, 'recipients')),
        reason: reasonOf(textIn(data, 'reasonCode')),
        by: names.person(textIn(data, 'by')),
      };
    };
    return (said) => {
      const { type } = said;
      if (Object.hasOwn(words.says, type)) return words.says[type as keyof typeof words.says](clockFacts(said));
      if (!Object.hasOwn(words.saysOfEscalation, type)) return undefined;
      return words.saysOfEscalation[type as keyof typeof words.saysOfEscalation](escalationFacts(said));
    };
  }, [words, locale, names, escalations]);
}
