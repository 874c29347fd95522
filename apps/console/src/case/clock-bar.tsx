import { useCallback } from 'react';
import type { ClockExplanation, Instant, Stretch } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import { instantText } from '../time/instants.tsx';
import { serverNowMs, useBySecond } from '../time/server-clock.ts';
import styles from './clocks.module.css';

/** What was done much too late would squeeze all else: beyond this part of the whole it is drawn at the edge. */
const MOST_LATE = 0.35;

interface Scale {
  readonly fromMs: number;
  readonly toMs: number;
}

function scaleOf({ startsAt, dueAt, fulfilledAt, counting }: ClockExplanation): Scale {
  const [startMs, dueMs] = [Date.parse(startsAt), Date.parse(dueAt)];
  const ends = 'segments' in counting ? counting.segments.map(({ to }) => Date.parse(to)) : [];
  const fromMs = Math.min(startMs, dueMs);
  const lastMs = Math.max(dueMs, startMs, ...ends);
  const lateMs = fulfilledAt === undefined ? 0 : Math.max(0, Date.parse(fulfilledAt) - lastMs);
  return { fromMs, toMs: Math.max(fromMs + 1, lastMs + Math.min(lateMs, (lastMs - fromMs) * MOST_LATE)) };
}

const percentAt = ({ fromMs, toMs }: Scale, atMs: number): number =>
  Math.round(Math.min(1, Math.max(0, (atMs - fromMs) / (toMs - fromMs))) * 10_000) / 100;

interface ClockBarProps {
  readonly of: ClockExplanation;
  /** The moment that is shown; undefined for the present, which moves on. */
  readonly at: Instant | undefined;
}

/** From start to due, to scale: what runs, what stands still, when it warns, when it is due and when it was done. */
export function ClockBar({ of, at }: ClockBarProps) {
  const { words, locale } = useLanguage();
  const scale = scaleOf(of);
  const segments: readonly Stretch[] =
    'segments' in of.counting
      ? of.counting.segments
      : [{ kind: 'running', from: of.startsAt, to: of.dueAt, countedMs: 0 }];
  const done = of.fulfilledAt ?? of.endedAt;
  return (
    <span className={styles.bar} role="presentation">
      {segments.map(({ kind, from, to }) => (
        <Piece key={from} kind={kind} from={Date.parse(from)} to={Date.parse(to)} scale={scale} />
      ))}
      {of.fulfilledAt && (
        <Piece kind="late" from={Date.parse(of.dueAt)} to={Date.parse(of.fulfilledAt)} scale={scale} />
      )}
      <Unused of={of} at={at} scale={scale} />
      {of.warnings.map(({ percent, at: warnsAt, given }) => (
        <span
          key={percent}
          className={styles.warning}
          data-given={given}
          style={{ left: `${percentAt(scale, Date.parse(warnsAt))}%` }}
          title={words.clocks.warning(percent, instantText(warnsAt, locale))}
        />
      ))}
      {of.state !== 'paused' && (
        <span className={styles.due} style={{ left: `${percentAt(scale, Date.parse(of.dueAt))}%` }} />
      )}
      {done && <span className={styles.done} style={{ left: `${percentAt(scale, Date.parse(done))}%` }} />}
    </span>
  );
}

interface PieceProps {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly scale: Scale;
}

function Piece({ kind, from, to, scale }: PieceProps) {
  const left = percentAt(scale, from);
  return (
    <span
      className={styles.piece}
      data-kind={kind}
      style={{ left: `${left}%`, width: `${percentAt(scale, to) - left}%` }}
    />
  );
}

/** Veils what has not run yet, or never will. */
function Unused({ of: { state, endedAt }, at, scale }: ClockBarProps & { readonly scale: Scale }) {
  const { fromMs, toMs } = scale;
  const stopped = endedAt ?? at;
  const used = useBySecond(
    useCallback(() => {
      if (state === 'missed') return 100;
      return percentAt({ fromMs, toMs }, stopped === undefined ? serverNowMs() : Date.parse(stopped));
    }, [state, stopped, fromMs, toMs]),
  );
  return used >= 100 ? null : <span className={styles.unused} style={{ left: `${used}%` }} />;
}
