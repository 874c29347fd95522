import type { Phase, Severity } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import styles from './fields.module.css';

export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const { words } = useLanguage();
  return (
    <span className={styles.severity} data-severity={severity}>
      {term(words.severity, severity)}
    </span>
  );
}

export function PhaseMark({ phase }: { readonly phase: Phase }) {
  const { words } = useLanguage();
  return (
    <span className={styles.phase} data-phase={phase}>
      {term(words.phase, phase)}
    </span>
  );
}

/** A fact that is worth a word beside the rest, e.g. that a case was reopened. */
export function Flag({
  children,
  tone = 'quiet',
}: {
  readonly children: string;
  readonly tone?: 'quiet' | 'warn' | 'bad';
}) {
  return (
    <span className={styles.flag} data-tone={tone}>
      {children}
    </span>
  );
}
