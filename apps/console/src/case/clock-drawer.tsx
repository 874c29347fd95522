import { Alert, Drawer, Segmented } from 'antd';
import { useNames } from '../frame/session.tsx';
import type { ClockExplanation, EventSeen } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import { At } from '../time/instants.tsx';
import { ClockBar } from './clock-bar.tsx';
import { Counting } from './clock-counting.tsx';
import { useClockSentence } from './clock-sentence.ts';
import styles from './explanation.module.css';

/** How a pack marks what no document states. */
export const OURS = '·';

interface ClockDrawerProps {
  readonly of: ClockExplanation | undefined;
  /** All runs of the same clock. */
  readonly runs: readonly ClockExplanation[];
  readonly onChoose: (of: ClockExplanation) => void;
  readonly onClose: () => void;
}

/** K-9: why a deadline is what it is, stretch by stretch, with the calendar and the policy it rests on. */
export function ClockDrawer({ of, runs, onChoose, onClose }: ClockDrawerProps) {
  const { words } = useLanguage();
  const names = useNames();
  return (
    <Drawer
      open={of !== undefined}
      onClose={onClose}
      title={of && names.clock(of.clock)}
      size="min(640px, 100vw)"
      closable={{ 'aria-label': words.frame.dismiss }}
      destroyOnHidden
    >
      {of && (
        <div className={styles.explanation} data-outcome={of.state}>
          {runs.length > 1 && (
            <div className={styles.runs}>
              <Segmented<number>
                aria-label={words.clocks.otherRuns}
                value={of.run}
                onChange={(run) => runs.filter((it) => it.run === run).forEach(onChoose)}
                options={runs.map(({ run }) => ({ value: run, label: words.case.run(run) }))}
              />
            </div>
          )}
          <Explanation of={of} />
        </div>
      )}
    </Drawer>
  );
}

function Explanation({ of }: { readonly of: ClockExplanation }) {
  const { words } = useLanguage();
  return (
    <>
      <ClockBar of={of} at={of.endedAt} />
      {of.provisionalYears && (
        <Alert
          type="warning"
          showIcon
          title={words.clocks.provisionalHint(of.provisionalYears.join(words.listComma))}
        />
      )}
      <RestsOn of={of} />
      <Counting of={of} />
      <h3>{words.clocks.story}</h3>
      <Story of={of} />
    </>
  );
}

function RestsOn({ of }: { readonly of: ClockExplanation }) {
  const { words } = useLanguage();
  const names = useNames();
  const { facts } = words.clocks;
  const { counting, calendar, startedBy } = of;
  const measure = 'measure' in counting ? ` · ${words.clocks.measure[counting.measure]}` : '';
  return (
    <dl className={styles.facts}>
      <Fact name={facts.start}>
        <At instant={of.startsAt} as="full" />{' '}
        <span className={styles.quiet}>{words.clocks.countsFrom[of.countsFrom]}</span>
        {startedBy && <Seen event={startedBy} />}
      </Fact>
      <Fact name={facts.budget}>
        {of.budget === 'given' ? words.clocks.named : `${term(words.value, of.budget)}${measure}`}
      </Fact>
      <Fact name={facts.due}>
        {of.state === 'paused' ? words.clocks.standsStill : <At instant={of.dueAt} as="full" />}
      </Fact>
      {calendar && (
        <Fact name={facts.calendar}>
          {calendar.name} <span className={styles.quiet}>{'zone' in counting && facts.zone(counting.zone)}</span>
          <div className={styles.version}>
            {facts.version} {calendar.version}
          </div>
        </Fact>
      )}
      <Fact name={facts.policy}>
        {of.policy.pack} {facts.version} {of.policy.version}
      </Fact>
      <Fact name={facts.source}>{of.source === OURS ? facts.ours : of.source}</Fact>
      {of.owedBy.length > 0 && <Fact name={facts.owedBy}>{of.owedBy.map(names.person).join(words.listComma)}</Fact>}
      {of.chain !== undefined && (
        <Fact name={words.field.chain}>
          {names.chain(of.chain)} · {words.escalation.level(of.level ?? 1)}
        </Fact>
      )}
      {of.continues !== undefined && <Fact name={facts.continues}>{words.case.run(of.continues)}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The event something counts from, with both of its instants where they differ. */
function Seen({ event: { type, occurredAt, recordedAt, actor } }: { readonly event: EventSeen }) {
  const { words } = useLanguage();
  const names = useNames();
  return (
    <div className={styles.quiet}>
      {term(words.event, type)} · <At instant={occurredAt} />
      {recordedAt !== occurredAt && (
        <>
          {' '}
          {words.case.recordedLater} <At instant={recordedAt} />
        </>
      )}{' '}
      · {actor.role === 'engine' ? words.role.engine : names.person(actor.id)}
    </div>
  );
}

/** Everything that became of the run, in order, each with what brought it about. */
function Story({ of }: { readonly of: ClockExplanation }) {
  const { words } = useLanguage();
  const sentence = useClockSentence();
  return (
    <ol className={styles.story}>
      {of.steps.map((step) => (
        <li key={step.id} data-type={step.type}>
          <div>{sentence({ type: step.type, data: step.data }) ?? term(words.event, step.type)}</div>
          <div className={styles.quiet}>
            <At instant={step.occurredAt} />
            {step.unwritten && ` · ${words.clocks.unwritten}`}
            {step.cause && ` · ${words.clocks.because(term(words.event, step.cause.type))}`}
            {step.revision !== undefined && ` · #${step.revision}`}
          </div>
        </li>
      ))}
    </ol>
  );
}
