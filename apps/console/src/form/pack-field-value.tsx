import type { ReactNode } from 'react';
import fieldStyles from '../fields/fields.module.css';
import type { PackField } from '../http/shapes.ts';
import { inLanguage, useLanguage } from '../language/language.tsx';
import { At } from '../time/instants.tsx';

/** A value of a field of the pack, in the pack's own words where it has some. */
export function PackFieldValue({ field, value }: { readonly field: PackField; readonly value: unknown }): ReactNode {
  const { words, language } = useLanguage();
  if (typeof value === 'boolean') return value ? words.form.yes : words.form.no;
  if (field.type === 'instant' && typeof value === 'string') return <At instant={value} />;
  const choice = field.choices?.find(({ id }) => id === value);
  return (
    <span className={fieldStyles.text} dir="auto">
      {choice ? inLanguage(choice.label, language) : String(value)}
    </span>
  );
}
