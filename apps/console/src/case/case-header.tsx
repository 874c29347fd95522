import { Flag, PhaseMark, SeverityMark } from '../fields/marks.tsx';
import { PersonalLine } from '../fields/personal-value.tsx';
import { useNames } from '../frame/session.tsx';
import type { CaseShown } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import styles from './case.module.css';

/** Which case, how it stands, how severe it is and why. */
export function CaseHeader({ of }: { readonly of: CaseShown }) {
  const { words } = useLanguage();
  const names = useNames();
  return (
    <header className={styles.header}>
      <div className={styles.headerLine}>
        <span className={styles.ref}>{of.ref}</span>
        <PhaseMark phase={of.phase} />
        <SeverityMark severity={of.severity} />
        {of.grounds.length > 0 && (
          <span className={styles.groundRules}>{[...new Set(of.grounds.map(({ rule }) => rule))].join(' · ')}</span>
        )}
        {of.reopenCount > 0 && <Flag tone="warn">{words.board.reopened(of.reopenCount)}</Flag>}
        {of.foreign && of.foreign.length > 0 && (
          <span title={`${words.board.foreignHint} (#${of.foreign.join(', #')})`}>
            <Flag tone="bad">{words.board.foreign}</Flag>
          </span>
        )}
        {of.persons > 1 && <Flag>{words.board.persons(of.persons)}</Flag>}
        <span className={styles.who}>
          {of.unit ?? words.board.nobody}
          {of.owner ? ` · ${names.person(of.owner)}` : ''}
        </span>
      </div>
      <h1 className={styles.subject}>
        <PersonalLine value={of.subject} />
      </h1>
    </header>
  );
}
