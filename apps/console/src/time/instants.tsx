import { useCallback } from 'react';
import { useLanguage } from '../language/language.tsx';
import type { Instant } from '../http/shapes.ts';
import { serverNowMs, useBySecond } from './server-clock.ts';
import { roughSpanText, spanText, urgencyOf, type Urgency } from './spans.ts';
import styles from './time.module.css';

/** The viewer's zone, e.g. `Asia/Shanghai (GMT+8)`. */
export function viewersZone(locale: string): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const short = new Intl.DateTimeFormat(locale, { timeZoneName: 'shortOffset' })
    .formatToParts(new Date())
    .find((part) => part.type === 'timeZoneName')?.value;
  return short && short !== timeZone ? `${timeZone} (${short})` : timeZone;
}

const SHORT: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };
/** For columns of instants that lie close together. */
const TABLE: Intl.DateTimeFormatOptions = {
  month: 'short',
  day: 'numeric',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
};
const FULL: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'shortOffset',
};

const UNTIL: Intl.DateTimeFormatOptions = { ...TABLE, year: 'numeric', timeZoneName: 'shortOffset' };

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format is slow, a table needs hundreds. */
type Style = 'short' | 'table' | 'full' | 'until';
const STYLES = { short: SHORT, table: TABLE, full: FULL, until: UNTIL } as const;

function format(locale: string, style: Style): Intl.DateTimeFormat {
  const key = `${locale} ${style}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, STYLES[style]);
  formats.set(key, known);
  return known;
}

/** `no time` where the text is none: what another version of the API sends must not break a page. */
export function instantText(at: Instant, locale: string, style: Style = 'short'): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? at : format(locale, style).format(ms);
}

/** An instant in the viewer's zone; pointing at it shows seconds and zone. */
export function At({ instant, as = 'short' }: { readonly instant: Instant; readonly as?: Style }) {
  const { locale } = useLanguage();
  return (
    <time dateTime={instant} title={`${instantText(instant, locale, 'full')}\n${instant}`} className={styles.instant}>
      {instantText(instant, locale, as)}
    </time>
  );
}

/** Until when, with the zone it is told in; late where it is past. */
export function Until({ instant, late }: { readonly instant: Instant; readonly late: boolean }) {
  const { locale } = useLanguage();
  return (
    <time dateTime={instant} title={instant} className={late ? styles.past : styles.instant} data-late={late}>
      {instantText(instant, locale, 'until')}
    </time>
  );
}

/** How long ago, counting on. */
export function Ago({ instant }: { readonly instant: Instant }) {
  const { words, locale } = useLanguage();
  const text = useBySecond(
    useCallback(() => {
      const agoMs = serverNowMs() - Date.parse(instant);
      return agoMs < 60_000 ? words.time.justNow : words.time.ago(roughSpanText(agoMs, words.span));
    }, [instant, words]),
  );
  return (
    <time dateTime={instant} title={instantText(instant, locale, 'full')} className={styles.instant}>
      {text}
    </time>
  );
}

const URGENCY_CLASS: Readonly<Record<Urgency, string | undefined>> = {
  late: styles.late,
  soon: styles.soon,
  calm: styles.calm,
};

/** How long until an instant, or how late, counting every second; draws nothing but itself again. */
export function Countdown({ dueAt }: { readonly dueAt: Instant }) {
  const { words, locale } = useLanguage();
  const dueMs = Date.parse(dueAt);
  const text = useBySecond(
    useCallback(() => {
      const leftMs = dueMs - serverNowMs();
      const span = spanText(Math.abs(leftMs), words.span);
      return leftMs < 0 ? words.time.lateBy(span) : words.time.dueIn(span);
    }, [dueMs, words]),
  );
  const urgency = useBySecond(useCallback(() => urgencyOf(dueMs - serverNowMs()), [dueMs]));
  return (
    <time dateTime={dueAt} title={instantText(dueAt, locale, 'full')} className={URGENCY_CLASS[urgency]}>
      {text}
    </time>
  );
}
