import { Tooltip } from 'antd';
import type { Personal } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import styles from './fields.module.css';

export const isPersonal = (value: unknown): value is Personal =>
  typeof value === 'object' &&
  value !== null &&
  ('value' in value || 'erased' in value || 'lost' in value || 'withheld' in value) &&
  Object.keys(value).length === 1;

/** What is there to be read of a personal value, as plain text; undefined where nothing is. */
export function readable(value: Personal | string | null | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (!value || !('value' in value)) return undefined;
  return typeof value.value === 'string' ? value.value || undefined : undefined;
}

type Unreadable = 'erased' | 'lost' | 'withheld';

export function unreadableOf(value: unknown): Unreadable | undefined {
  if (!isPersonal(value) || 'value' in value) return undefined;
  return 'erased' in value ? 'erased' : 'lost' in value ? 'lost' : 'withheld';
}

/** Why a personal value cannot be read: erased for good, an alarm, or not for this role (EVENTS.md 8, 9). */
export function UnreadableMark({ why }: { readonly why: Unreadable }) {
  const { words } = useLanguage();
  const hint = why === 'lost' ? words.personal.lostHint : why === 'withheld' ? words.personal.withheldHint : undefined;
  return (
    <Tooltip title={hint}>
      <span className={styles.unreadable} data-why={why} {...(hint ? { tabIndex: 0 } : {})}>
        {words.personal[why]}
      </span>
    </Tooltip>
  );
}

/** A personal text as one line, or why it cannot be read. */
export function PersonalLine({ value }: { readonly value: Personal | string | null | undefined }) {
  const { words } = useLanguage();
  const why = unreadableOf(value);
  if (why) return <UnreadableMark why={why} />;
  return <span dir="auto">{readable(value) ?? words.case.nothing}</span>;
}
