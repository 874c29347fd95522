import { SeverityMark } from '../fields/marks.tsx';
import type { CaseShown, TimelineEntry } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import { At } from '../time/instants.tsx';
import styles from './case.module.css';
import { Panel } from './panel.tsx';

interface SeverityPanelProps {
  readonly of: CaseShown;
  readonly timeline: readonly TimelineEntry[];
}

/** S-3: how severe it is, and each ground that stands, with its rule, source and the events that are its evidence. */
export function SeverityPanel({ of, timeline }: SeverityPanelProps) {
  const { words } = useLanguage();
  return (
    <Panel title={words.severityPanel.title} extra={<SeverityMark severity={of.severity} />}>
      {of.grounds.length === 0 && <p className={styles.quiet}>{words.case.noGrounds}</p>}
      <ul className={styles.things}>
        {of.grounds.map(({ groundId, rule, severity, source, evidence }) => (
          <li key={groundId}>
            <div className={styles.thingHead}>
              <SeverityMark severity={severity} /> <strong>{rule}</strong>
              <span className={styles.quiet}>{source}</span>
            </div>
            <Evidence of={timeline.filter(({ id }) => evidence.includes(id))} count={evidence.length} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The events themselves once the timeline is there; how many they are until then. */
function Evidence({ of, count }: { readonly of: readonly TimelineEntry[]; readonly count: number }) {
  const { words } = useLanguage();
  if (of.length === 0) return <div className={styles.quiet}>{words.case.evidence(count)}</div>;
  return of.map(({ id, type, occurredAt }) => (
    <div key={id} className={styles.quiet}>
      {words.severityPanel.by} {term(words.event, type)} · <At instant={occurredAt} />
    </div>
  ));
}
