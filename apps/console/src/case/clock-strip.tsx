import { useCallback } from 'react';
import { useNames } from '../frame/session.tsx';
import type { ClockRun } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import { At, Countdown } from '../time/instants.tsx';
import { serverNowMs, useBySecond } from '../time/server-clock.ts';
import styles from './clocks.module.css';

interface ClockStripProps {
  readonly clocks: readonly ClockRun[];
  /** What was running then runs no longer: nothing counts down. */
  readonly isPast: boolean;
}

const isRunning = ({ state }: ClockRun): boolean => state === 'running';

/** Every clock of the case from start to due, what runs first. */
export function ClockStrip({ clocks, isPast }: ClockStripProps) {
  const { words } = useLanguage();
  if (clocks.length === 0) return <p className={styles.none}>{words.case.noClocks}</p>;
  const ordered = [...clocks].sort(
    (a, b) => Number(isRunning(b)) - Number(isRunning(a)) || (a.dueAt < b.dueAt ? -1 : 1),
  );
  return (
    <ul className={styles.strip} aria-label={words.case.clocks}>
      {ordered.map((run) => (
        <Clock key={`${run.clock} ${run.run}`} run={run} isPast={isPast} />
      ))}
    </ul>
  );
}

function Clock({ run, isPast }: { readonly run: ClockRun; readonly isPast: boolean }) {
  const { words } = useLanguage();
  const names = useNames();
  const outcome = run.verdict ?? run.state;
  const isCounting = isRunning(run) && !isPast;
  return (
    <li className={styles.clock} data-outcome={outcome}>
      <div className={styles.head}>
        <span className={styles.name}>{names.clock(run.clock)}</span>
        {run.run > 1 && <small>{words.case.run(run.run)}</small>}
        <span className={styles.state}>
          {isCounting ? <Countdown dueAt={run.dueAt} /> : term(words.clockState, outcome)}
        </span>
      </div>
      {isCounting ? (
        <RunningBar run={run} />
      ) : (
        <div className={styles.bar}>
          <span className={styles.whole} />
        </div>
      )}
      <div className={styles.ends}>
        <At instant={run.startsAt} />
        <At instant={run.dueAt} />
      </div>
      <div className={styles.basis}>
        {run.budget} · {run.source}
      </div>
    </li>
  );
}

/** How much of the time is used up. */
function RunningBar({ run }: { readonly run: ClockRun }) {
  const startMs = Date.parse(run.startsAt);
  const dueMs = Date.parse(run.dueAt);
  const percent = useBySecond(
    useCallback(() => {
      const used = (serverNowMs() - startMs) / Math.max(1, dueMs - startMs);
      return Math.round(Math.min(1, Math.max(0, used)) * 1000) / 10;
    }, [startMs, dueMs]),
  );
  return (
    <div className={styles.bar} data-late={percent >= 100}>
      <span className={styles.used} style={{ width: `${percent}%` }} />
    </div>
  );
}
