import { Flag } from '../fields/marks.tsx';
import { Fields } from '../fields/field-value.tsx';
import { useNames } from '../frame/session.tsx';
import type { ClockExplanation, Thing, TimelineEntry } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import { At } from '../time/instants.tsx';
import styles from './case.module.css';
import { Panel } from './panel.tsx';

interface EscalationsProps {
  readonly escalations: readonly Thing[];
  readonly timeline: readonly TimelineEntry[];
  readonly clocks: readonly ClockExplanation[];
}

const TONES: Readonly<Record<string, 'warn' | 'quiet' | 'bad'>> = { open: 'warn', passed_up: 'bad' };

/** E-1: who was called in, level by level, and who has acknowledged. What waits stands first. */
export function Escalations({ escalations, timeline, clocks }: EscalationsProps) {
  const { words } = useLanguage();
  if (escalations.length === 0) return null;
  const ordered = [...escalations].sort((a, b) => Number(b['state'] === 'open') - Number(a['state'] === 'open'));
  return (
    <Panel title={words.field.escalations}>
      <ul className={styles.things}>
        {ordered.map((of) => (
          <Escalation
            key={String(of['escalationId'])}
            of={of}
            timeline={timeline.filter(({ data }) => data['escalationId'] === of['escalationId'])}
            clock={clocks.find(({ escalationId }) => escalationId === of['escalationId'])}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface EscalationProps {
  readonly of: Thing;
  /** What was said of it, as far as the timeline is known. */
  readonly timeline: readonly TimelineEntry[];
  /** The clock that waits for the acknowledgement, where the level has one. */
  readonly clock: ClockExplanation | undefined;
}

function Escalation({ of, timeline, clock }: EscalationProps) {
  const { words } = useLanguage();
  const names = useNames();
  const { escalation } = words;
  const state = String(of['state']);
  const recipients = Array.isArray(of['recipients']) ? of['recipients'].map(String) : [];
  const begun = timeline.find(({ type }) => type === 'CaseEscalated');
  const acknowledged = timeline.find(({ type }) => type === 'EscalationAcknowledged');
  const reason = timeline.findLast(({ data }) => typeof data['reasonCode'] === 'string')?.data['reasonCode'];
  return (
    <li>
      <div className={styles.thingHead}>
        <strong>{typeof of['chain'] === 'string' ? names.chain(of['chain']) : escalation.byHand}</strong>
        <span>{escalation.level(Number(of['level']))}</span>
        <Flag tone={TONES[state] ?? 'quiet'}>{term(escalation.state, state)}</Flag>
      </div>
      <dl className={styles.facts}>
        <dt>{escalation.to}</dt>
        <dd>{recipients.map(names.person).join(words.listComma)}</dd>
        {begun && (
          <>
            <dt>{escalation.since}</dt>
            <dd>
              <At instant={begun.occurredAt} />
            </dd>
          </>
        )}
        {state === 'open' && clock && (
          <>
            <dt>{escalation.until}</dt>
            <dd>
              <At instant={clock.dueAt} />
            </dd>
          </>
        )}
        {acknowledged && (
          <>
            <dt>{escalation.acknowledgedBy}</dt>
            <dd>
              {names.person(String(acknowledged.data['by']))} · <At instant={acknowledged.occurredAt} />
            </dd>
          </>
        )}
        {typeof reason === 'string' && (
          <>
            <dt>{words.field.reason}</dt>
            <dd>{term({ ...words.event, ...words.reason, ...words.value }, reason)}</dd>
          </>
        )}
      </dl>
      {of['reason'] !== undefined && <Fields of={{ reason: of['reason'] }} />}
    </li>
  );
}
