import type { ReactNode } from 'react';
import { useNames, type Names } from '../frame/session.tsx';
import { term, useLanguage } from '../language/language.tsx';
import type { Dictionary } from '../language/en.ts';
import { At } from '../time/instants.tsx';
import styles from './fields.module.css';
import { isPersonal, UnreadableMark, unreadableOf } from './personal-value.tsx';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** Fields whose value is the id of a person or of several. */
const OF_PERSONS = new Set(['owner', 'person', 'secondPerson', 'proposedBy', 'approvedBy', 'declinedBy', 'recipients']);
const TERMS_OF_FIELD: Readonly<Record<string, keyof Dictionary>> = {
  phase: 'phase',
  severity: 'severity',
  channel: 'channel',
  kind: 'kind',
  circumstances: 'circumstance',
  role: 'partyRole',
  approverRole: 'role',
};

/** Any value of a command, event or change in the viewer's words; text is text, whatever it contains. */
export function FieldValue({ field, value }: { readonly field: string; readonly value: unknown }): ReactNode {
  const { words } = useLanguage();
  const names = useNames();
  const why = unreadableOf(value);
  if (why) return <UnreadableMark why={why} />;
  if (isPersonal(value) && 'value' in value) return <FieldValue field={field} value={value.value} />;
  if (value === null || value === undefined || value === '') return words.case.nothing;
  if (typeof value === 'boolean') return value ? words.form.yes : words.form.no;
  if (typeof value === 'number') return field === 'amountCents' ? (value / 100).toFixed(2) : String(value);
  if (typeof value === 'string') return <TextValue {...{ field, value, words, names }} />;
  if (Array.isArray(value)) return <ListValue field={field} values={value} />;
  return <Fields of={value as Readonly<Record<string, unknown>>} />;
}

interface TextValueProps {
  readonly field: string;
  readonly value: string;
  readonly words: Dictionary;
  readonly names: Names;
}

function TextValue({ field, value, words, names }: TextValueProps) {
  if (INSTANT.test(value)) return <At instant={value} />;
  const last = field.split('.').at(-1) ?? field;
  if (last === 'category') return names.category(value);
  if (last === 'clock') return names.clock(value);
  if (last === 'chain') return names.chain(value);
  if (OF_PERSONS.has(last)) return names.person(value);
  const terms = TERMS_OF_FIELD[last];
  if (terms) return term(words[terms] as Readonly<Record<string, string>>, value);
  if (Object.hasOwn(words.phase, value)) return term(words.phase, value);
  if (Object.hasOwn(words.value, value)) return term(words.value, value);
  return (
    <span className={styles.text} dir="auto">
      {value}
    </span>
  );
}

function ListValue({ field, values }: { readonly field: string; readonly values: readonly unknown[] }) {
  const { words } = useLanguage();
  if (values.length === 0) return words.case.nothing;
  const isPlain = values.every((value) => typeof value !== 'object');
  return values.map((value, index) => (
    <span key={index} className={isPlain ? undefined : styles.listed}>
      {isPlain && index > 0 ? ', ' : ''}
      <FieldValue field={field} value={value} />
    </span>
  ));
}

/** Several fields with their names, one line each. */
export function Fields({
  of,
  without = [],
}: {
  readonly of: Readonly<Record<string, unknown>>;
  readonly without?: readonly string[];
}) {
  const { words } = useLanguage();
  const shown = Object.entries(of).filter(
    ([name, value]) => value !== undefined && value !== null && !without.includes(name),
  );
  return (
    <dl className={styles.fields}>
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{term(words.field, name)}</dt>
          <dd>
            <FieldValue field={name} value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
