import { Spin } from 'antd';
import type { ReactNode } from 'react';
import { PhaseMark, SeverityMark } from '../fields/marks.tsx';
import type { BoardRow } from '../http/shapes.ts';
import styles from './cards.module.css';
import { CaseGist, NextDue } from './case-gist.tsx';

interface CaseCardsProps {
  readonly rows: readonly BoardRow[];
  readonly loading: boolean;
  readonly empty: ReactNode;
}

/** The cases one under the other, for a phone. */
export function CaseCards({ rows, loading, empty }: CaseCardsProps) {
  if (rows.length === 0) return loading ? <Spin delay={200} className={styles.cardsLoading} /> : empty;
  return (
    <ul className={styles.cards}>
      {rows.map((row) => (
        <li key={row.caseId} className={styles.card} data-overdue={row.overdue}>
          <div className={styles.cardHead}>
            <div className={styles.cardDue}>
              <NextDue row={row} />
            </div>
            <div className={styles.cardMarks}>
              <SeverityMark severity={row.severity} />
              <PhaseMark phase={row.phase} />
            </div>
          </div>
          <CaseGist row={row} />
        </li>
      ))}
    </ul>
  );
}
