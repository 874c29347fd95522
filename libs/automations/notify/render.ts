import type { Notice, NoticeFacts } from '#notifications';
import type { Placeholder, Policy, PackSeverity, Words } from '#policy';

export type Language = keyof Words;

/** For whom a text is written. */
export interface Reader {
  /** Both where it is not known. */
  readonly language?: Language | undefined;
  /** The pack's where it is not known. */
  readonly timeZone?: string | undefined;
}

export interface Rendered {
  readonly subject: string;
  readonly text: string;
}

export interface Rendering {
  readonly policyFor: (pack: string, version: string) => Policy;
  /** Where the console is, without a slash at its end. */
  readonly publicUrl: string;
  readonly reader: Reader;
}

/** One notice in full; several as a digest of their subjects with their links. */
export function render(notices: readonly Notice[], rendering: Rendering): Rendered {
  const { language } = rendering.reader;
  const languages: readonly Language[] = language === undefined ? ['zh', 'en'] : [language];
  const each = languages.map((it) => inOneLanguage(notices, it, rendering));
  return {
    subject: each.map(({ subject }) => subject).join(' / '),
    text: `${each.map(({ text }) => text).join('\n\n')}\n`,
  };
}

function inOneLanguage(notices: readonly Notice[], language: Language, rendering: Rendering): Rendered {
  const told = notices.map((notice) => {
    const policy = rendering.policyFor(notice.pack, notice.packVersion);
    const fill = filler(notice, language, { ...rendering, policy });
    const template = policy.notices?.template(notice.template);
    const [subject, text] = [fill(template?.subject ?? NAMELESS), fill(template?.text ?? NAMELESS)];
    return { subject, text, item: `- ${subject}\n  ${fill(LINK)}`, digest: policy.notices?.digestSubject };
  });
  const [first] = told;
  if (first !== undefined && told.length === 1) return first;
  const subject = (first?.digest ?? NUMBER)[language].replaceAll('{count}', String(told.length));
  return { subject, text: [subject, ...told.map(({ item }) => item)].join('\n') };
}

/** For a notice whose template a later pack no longer has: it is told all the same. */
const NAMELESS: Words = { zh: '案件 {case}', en: 'Case {case}' };
const NUMBER: Words = { zh: '{count}', en: '{count}' };
const LINK: Words = { zh: '{link}', en: '{link}' };
const UNKNOWN = '–';

type Filling = Pick<Rendering, 'publicUrl' | 'reader'> & { readonly policy: Policy };

function filler(notice: Notice, language: Language, rendering: Filling): (words: Words) => string {
  const values = valuesOf(notice, language, rendering);
  return (words) =>
    words[language].replace(/\{([a-z]+)\}/g, (_, name: string) => values[name as Placeholder] ?? UNKNOWN);
}

function valuesOf(
  { caseId, facts }: Notice,
  language: Language,
  { policy, publicUrl, reader }: Filling,
): Partial<Record<Placeholder, string>> {
  const zone = reader.timeZone ?? policy.notices?.timeZone ?? 'UTC';
  const said = (words: Words | undefined, code: string | undefined): string | undefined => words?.[language] ?? code;
  const values: Record<Placeholder, string | number | undefined> = {
    case: caseId,
    link: `${publicUrl}/#/cases/${encodeURIComponent(caseId)}`,
    clock:
      facts.clock && said(policy.clock(facts.clock)?.label ?? policy.notices?.clockLabel(facts.clock), facts.clock),
    due: facts.dueAt && tellInstant(facts.dueAt, zone),
    at: tellInstant(facts.occurredAt, zone),
    percent: facts.percent,
    level: facts.level,
    severity: said(policy.notices?.severityLabel(facts.severity as PackSeverity), facts.severity),
    category: said(categoryLabel(facts, policy), facts.category),
    count: 1,
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

function categoryLabel({ category }: NoticeFacts, policy: Policy): Words | undefined {
  const pending = [...policy.categories];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (next.id === category) return next.label;
    pending.push(...next.children);
  }
  return undefined;
}

/** An instant as the clock on the reader's wall shows it, e.g. `2026-01-06 09:00 (GMT+8)`. */
function tellInstant(at: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', timeZoneName: 'shortOffset' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  }).formatToParts(new Date(at));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')} (${of('timeZoneName')})`;
}
