import { FieldValue } from '../fields/field-value.tsx';
import { Flag } from '../fields/marks.tsx';
import { useNames, useSession } from '../frame/session.tsx';
import type { TimelineEntry } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import { At } from '../time/instants.tsx';
import { Changes } from './changes.tsx';
import { momentQuery } from './moment.ts';
import { addressOf } from '../frame/place.ts';
import styles from './timeline.module.css';

/** What a machine did by itself and what a person did are told apart at a glance; what went wrong stands out. */
function toneOf({ type, actor }: TimelineEntry): 'bad' | 'warn' | 'good' | 'quiet' | 'plain' {
  if (['DeadlineMissed', 'PromiseBroken', 'SeverityRaised', 'CaseEscalated'].includes(type)) return 'bad';
  if (['DeadlineWarned', 'ClockPaused', 'DeadlineFulfilledLate'].includes(type)) return 'warn';
  if (['DeadlineMet', 'PromiseKept', 'CaseResolved', 'CaseClosed'].includes(type)) return 'good';
  return actor.role === 'engine' ? 'quiet' : 'plain';
}

interface TimelineItemProps {
  readonly entry: TimelineEntry;
  readonly caseId: string;
  /** What happened in so many words, where it concerns a clock or an escalation: then the fields need not be listed. */
  readonly sentence: string | undefined;
}

export function TimelineItem({ entry, caseId, sentence }: TimelineItemProps) {
  const { words } = useLanguage();
  const { me } = useSession();
  const isLate = Date.parse(entry.recordedAt) - Date.parse(entry.occurredAt) >= 60_000;
  return (
    <li className={styles.item} data-tone={toneOf(entry)}>
      <div className={styles.head}>
        <strong>{term(words.event, entry.type)}</strong>
        {entry.historical && <Flag>{words.case.historical}</Flag>}
        <Irregular entry={entry} />
        <span className={styles.when}>
          <At instant={entry.occurredAt} />
          {isLate && (
            <span className={styles.recorded}>
              {words.case.recordedLater} <At instant={entry.recordedAt} />
            </span>
          )}
        </span>
      </div>
      <Said entry={entry} />
      {sentence === undefined ? <Changes changes={entry.changes} /> : <p className={styles.sentence}>{sentence}</p>}
      <div className={styles.basis}>
        <Who entry={entry} />
        {entry.rule && entry.rule !== entry.data['clock'] && <span>{words.case.rule(entry.rule)}</span>}
        <span>{words.case.policy(entry.policy.pack, entry.policy.version)}</span>
        <span className={styles.revision}>#{entry.revision}</span>
        {me.permissions.includes('replay') && (
          <a
            href={addressOf(
              `/cases/${caseId}`,
              new URLSearchParams(momentQuery({ asOf: entry.recordedAt, by: 'recorded' })),
            )}
          >
            {words.asOf.here}
          </a>
        )}
      </div>
    </li>
  );
}

function Who({ entry: { actor } }: { readonly entry: TimelineEntry }) {
  const { words } = useLanguage();
  const names = useNames();
  const role = term(words.role, actor.role);
  if (actor.role === 'engine') return <span>{role}</span>;
  return (
    <span>
      {actor.name ?? names.person(actor.id)} ({role})
    </span>
  );
}

function Irregular({ entry: { irregular } }: { readonly entry: TimelineEntry }) {
  const { words } = useLanguage();
  if (!irregular || (Array.isArray(irregular) && irregular.length === 0)) return null;
  const codes = Array.isArray(irregular) ? irregular.join(', ') : '';
  return (
    <span title={codes}>
      <Flag tone="warn">{words.case.irregular}</Flag>
    </span>
  );
}

/** The words of the event: its texts first, since they are what somebody wants to read. */
function Said({ entry: { personal } }: { readonly entry: TimelineEntry }) {
  const { words } = useLanguage();
  const parts = Object.entries(personal);
  if (parts.length === 0) return null;
  return (
    <div className={styles.said}>
      {parts.map(([name, value]) => (
        <div key={name}>
          <span className={styles.partName}>{term(words.field, name)}</span> <FieldValue field={name} value={value} />
        </div>
      ))}
    </div>
  );
}
