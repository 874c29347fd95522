import { Popover } from 'antd';
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
        <Popover content={<Grounds of={of} />} trigger={['hover', 'focus', 'click']} placement="bottomLeft">
          <button type="button" className={styles.severityButton} aria-label={words.case.grounds}>
            <SeverityMark severity={of.severity} />
            {of.grounds.length > 0 && (
              <span className={styles.groundRules}>{[...new Set(of.grounds.map(({ rule }) => rule))].join(' · ')}</span>
            )}
          </button>
        </Popover>
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

function Grounds({ of }: { readonly of: CaseShown }) {
  const { words } = useLanguage();
  if (of.grounds.length === 0) return words.case.noGrounds;
  return (
    <ul className={styles.grounds}>
      {of.grounds.map((ground, index) => (
        <li key={index}>
          <SeverityMark severity={ground.severity} /> <strong>{ground.rule}</strong>
          <div className={styles.quiet}>
            {ground.source} · {words.case.evidence(ground.evidence.length)}
          </div>
        </li>
      ))}
    </ul>
  );
}
