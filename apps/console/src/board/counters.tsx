import type { Counts, Severity } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import styles from './board.module.css';
import { OPEN_PHASES, sameList, type BoardFilters } from './filters.ts';

interface CountersProps {
  readonly counts: Counts | undefined;
  readonly filters: BoardFilters;
  readonly onFilter: (change: Partial<BoardFilters>) => void;
}

const SEVERITIES_WORST_FIRST: readonly Severity[] = ['major', 'important', 'general'];

/** How many, on top of the board; each counter narrows the board to what it counts, once more undoes it. */
export function Counters({ counts, filters, onFilter }: CountersProps) {
  const { words } = useLanguage();
  const open = counts && OPEN_PHASES.reduce((sum, phase) => sum + (counts.byPhase[phase] ?? 0), 0);
  const isOpen = sameList(filters.phases, OPEN_PHASES);
  const toggleDue = (due: 'soon' | 'overdue') => onFilter({ due: filters.due === due ? '' : due });
  const toggleSeverity = (severity: Severity) => onFilter({ severity: filters.severity === severity ? '' : severity });
  return (
    <div className={styles.counters}>
      <Counter
        label={words.board.overdue}
        count={counts?.overdue}
        tone="bad"
        pressed={filters.due === 'overdue'}
        onPress={() => toggleDue('overdue')}
      />
      <Counter
        label={words.board.dueSoon}
        count={counts?.dueSoon}
        tone="warn"
        pressed={filters.due === 'soon'}
        onPress={() => toggleDue('soon')}
      />
      <Counter
        label={words.board.open}
        count={open}
        pressed={isOpen}
        onPress={() => onFilter({ phases: isOpen ? [] : OPEN_PHASES })}
      />
      <span className={styles.counterGap} />
      {SEVERITIES_WORST_FIRST.map((severity) => (
        <Counter
          key={severity}
          label={words.severity[severity]}
          count={counts && (counts.bySeverity[severity] ?? 0)}
          severity={severity}
          pressed={filters.severity === severity}
          onPress={() => toggleSeverity(severity)}
        />
      ))}
    </div>
  );
}

interface CounterProps {
  readonly label: string;
  readonly count: number | undefined;
  readonly pressed: boolean;
  readonly onPress: () => void;
  readonly tone?: 'bad' | 'warn';
  readonly severity?: Severity;
}

function Counter({ label, count, pressed, onPress, tone, severity }: CounterProps) {
  const { locale } = useLanguage();
  return (
    <button
      type="button"
      className={styles.counter}
      aria-pressed={pressed}
      data-tone={count ? tone : undefined}
      data-severity={severity}
      onClick={onPress}
    >
      <span className={styles.count}>{count === undefined ? '·' : count.toLocaleString(locale)}</span>
      <span className={styles.counterLabel}>{label}</span>
    </button>
  );
}
