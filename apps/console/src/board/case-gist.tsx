import { Debtors } from '../fields/debtors.tsx';
import { Flag } from '../fields/marks.tsx';
import { readable, UnreadableMark, unreadableOf } from '../fields/personal-value.tsx';
import { caseAddress } from '../frame/place.ts';
import { useNames } from '../frame/session.tsx';
import type { BoardRow } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import { Countdown } from '../time/instants.tsx';
import styles from './board.module.css';

/** What breaks next on a case, and when. */
export function NextDue({ row }: { readonly row: BoardRow }) {
  const { words } = useLanguage();
  const names = useNames();
  const { nextDue, overdue } = row;
  if (!nextDue && overdue) return <span className={styles.broken}>{words.board.overdue}</span>;
  if (!nextDue)
    return <span className={styles.quiet}>{row.pausedCount > 0 ? words.board.paused : words.board.noDue}</span>;
  return (
    <>
      <div className={styles.line}>
        <Countdown dueAt={nextDue.dueAt} />
      </div>
      <div className={`${styles.line} ${styles.quiet}`}>
        <span className={styles.shrinking}>{names.clock(nextDue.clock)}</span>
        {row.warnedCount > 0 && <Flag tone="warn">{words.board.warned}</Flag>}
        {row.provisional && <Flag>{words.board.provisional}</Flag>}
      </div>
      {nextDue.owedBy.length > 0 && (
        <div className={`${styles.line} ${styles.quiet}`}>
          <span className={styles.shrinking}>
            <Debtors of={nextDue.owedBy} />
          </span>
        </div>
      )}
    </>
  );
}

/** A case in two lines: what it is about, and what stands out. */
export function CaseGist({ row }: { readonly row: BoardRow }) {
  const { words } = useLanguage();
  const why = unreadableOf(row.subject);
  const excerpt = readable(row.excerpt);
  const name = readable(row.complainantName);
  return (
    <>
      <div className={styles.line}>
        <a href={caseAddress(row.caseId)} className={styles.caseLink}>
          <span className={styles.ref}>{row.ref}</span>
          <span dir="auto" className={styles.subject}>
            {readable(row.subject) ?? (why ? '' : (excerpt ?? words.kind[row.kind]))}
          </span>
        </a>
        {why && <UnreadableMark why={why} />}
      </div>
      <div className={`${styles.line} ${styles.under}`}>
        <Flags row={row} />
        {name && <span dir="auto">{name}</span>}
        {excerpt && (
          <span dir="auto" className={styles.excerpt}>
            {excerpt}
          </span>
        )}
      </div>
    </>
  );
}

function Flags({ row }: { readonly row: BoardRow }) {
  const { words } = useLanguage();
  // What was missed and done all the same is another matter than what is still to be done.
  const owed = row.missed - row.doneLateCount;
  return (
    <>
      {row.foreign && <Flag tone="bad">{words.board.foreign}</Flag>}
      {owed > 0 && <Flag tone="bad">{words.board.missed(owed)}</Flag>}
      {row.doneLateCount > 0 && <Flag tone="warn">{words.board.doneLate(row.doneLateCount)}</Flag>}
      {row.repeat && <Flag tone="warn">{words.repeatFlag}</Flag>}
      {row.escalated && <Flag tone="warn">{words.board.escalated(row.escalationLevel)}</Flag>}
      {row.pausedCount > 0 && <Flag>{words.board.paused}</Flag>}
      {row.reopenCount > 0 && <Flag tone="warn">{words.board.reopened(row.reopenCount)}</Flag>}
      {row.persons > 1 && <Flag>{words.board.persons(row.persons)}</Flag>}
      {row.historical && <Flag>{words.board.historical}</Flag>}
    </>
  );
}
