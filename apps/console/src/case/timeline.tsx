import { Segmented, Skeleton } from 'antd';
import { useState } from 'react';
import { ProblemNote } from '../frame/problem-note.tsx';
import type { CaseShown, Page, TimelineEntry } from '../http/shapes.ts';
import type { ReadState } from '../http/use-read.ts';
import { useLanguage } from '../language/language.tsx';
import { Panel } from './panel.tsx';
import { useClockSentence } from './clock-sentence.ts';
import { TimelineItem } from './timeline-item.tsx';
import styles from './timeline.module.css';

interface TimelineProps {
  readonly timeline: ReadState<Page<TimelineEntry>>;
  readonly of: CaseShown;
  readonly onRetry: () => void;
}

/** Everything that happened, with who, when, under which rule, and what it changed. */
export function Timeline({ timeline: { data, problem, loading }, of, onRetry }: TimelineProps) {
  const { words } = useLanguage();
  const [order, setOrder] = useState<'newestFirst' | 'oldestFirst'>('newestFirst');
  const items = data?.items ?? [];
  const sentence = useClockSentence(of.escalations);
  return (
    <Panel
      title={words.case.timeline}
      extra={
        <Segmented
          size="small"
          value={order}
          onChange={setOrder}
          options={(['newestFirst', 'oldestFirst'] as const).map((value) => ({ value, label: words.case[value] }))}
        />
      }
    >
      {problem && <ProblemNote problem={problem} onRetry={onRetry} />}
      {loading && <Skeleton active />}
      <ol className={styles.timeline}>
        {(order === 'newestFirst' ? [...items].reverse() : items).map((entry) => (
          <TimelineItem key={entry.revision} entry={entry} caseId={of.caseId} sentence={sentence(entry)} />
        ))}
      </ol>
    </Panel>
  );
}
