import { useState } from 'react';
import { Flag } from '../fields/marks.tsx';
import { useNames } from '../frame/session.tsx';
import type { CaseExplained, ClockExplanation, Instant } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import { At, Countdown } from '../time/instants.tsx';
import { hoursText, spanText } from '../time/spans.ts';
import { ClockBar } from './clock-bar.tsx';
import { ClockDrawer, OURS } from './clock-drawer.tsx';
import styles from './clocks.module.css';

interface ClockStripProps {
  readonly explained: CaseExplained | undefined;
  /** What was running then runs no longer: nothing counts down. */
  readonly isPast: boolean;
  /** Whether what was missed is still to be done. */
  readonly isWorkedOn: boolean;
}

/** Whoever did not acknowledge in time owes it no longer: the next level was called in. */
const ESCALATION = 'escalation';

/** What can still break first, then what broke and is owed, then what is over. */
function rankOf({ clock, state, fulfilledAt }: ClockExplanation): number {
  if (state === 'running') return 0;
  if (state === 'paused') return 1;
  return state === 'missed' && fulfilledAt === undefined && clock !== ESCALATION ? 2 : 3;
}

const keyOf = ({ clock, run }: ClockExplanation): string => `${clock} ${run}`;

/** Runs that are over stand behind the last one of their clock, where its explanation leads to them. */
const isShown = (of: ClockExplanation): boolean => of.run === of.runs || rankOf(of) < 3;

/** The clocks of the case from start to due; one that is chosen explains itself. */
export function ClockStrip({ explained, isPast, isWorkedOn }: ClockStripProps) {
  const { words } = useLanguage();
  const [chosen, setChosen] = useState<string>();
  if (explained === undefined) return <div className={styles.awaited} aria-hidden />;
  const { items, at } = explained;
  if (items.length === 0) return <p className={styles.none}>{words.case.noClocks}</p>;
  const ordered = items.filter(isShown).sort((a, b) => rankOf(a) - rankOf(b) || (a.dueAt < b.dueAt ? -1 : 1));
  const open = items.find((it) => keyOf(it) === chosen);
  return (
    <>
      <ul className={styles.strip} aria-label={words.case.clocks}>
        {ordered.map((of) => (
          <li key={keyOf(of)}>
            <ClockCard
              of={of}
              at={isPast ? at : undefined}
              isWorkedOn={isWorkedOn}
              onOpen={() => setChosen(keyOf(of))}
            />
          </li>
        ))}
      </ul>
      <ClockDrawer
        of={open}
        runs={items.filter(({ clock }) => clock === open?.clock)}
        onChoose={(of) => setChosen(keyOf(of))}
        onClose={() => setChosen(undefined)}
      />
    </>
  );
}

interface ClockCardProps {
  readonly of: ClockExplanation;
  readonly at: Instant | undefined;
  readonly isWorkedOn: boolean;
  readonly onOpen: () => void;
}

function ClockCard({ of, at, isWorkedOn, onOpen }: ClockCardProps) {
  const { words } = useLanguage();
  const names = useNames();
  const name = names.clock(of.clock);
  return (
    <button
      type="button"
      className={styles.clock}
      data-outcome={of.state}
      data-late={of.fulfilledAt !== undefined}
      title={words.clocks.explain(name)}
      onClick={onOpen}
    >
      <span className={styles.head}>
        <span className={styles.name}>{name}</span>
        {of.runs > 1 && <small>{words.case.run(of.run)}</small>}
        <span className={styles.state}>
          <Standing of={of} at={at} isWorkedOn={isWorkedOn} />
        </span>
      </span>
      <ClockBar of={of} at={at} />
      <span className={styles.ends}>
        <At instant={of.startsAt} as="table" />
        {of.state === 'paused' ? <Left of={of} /> : <At instant={of.dueAt} as="table" />}
      </span>
      <span className={styles.basis}>
        <span className={styles.rule}>
          {[
            of.budget === 'given' ? undefined : term(words.value, of.budget),
            of.chain === undefined ? undefined : `${names.chain(of.chain)}, ${words.escalation.level(of.level ?? 1)}`,
            of.source === OURS ? undefined : of.source,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
        <Marks of={of} />
      </span>
    </button>
  );
}

/** How it stands: what counts down, that it stands still, or how it ended. */
function Standing({ of, at, isWorkedOn }: Omit<ClockCardProps, 'onOpen'>) {
  const { words } = useLanguage();
  const { state, dueAt, fulfilledAt } = of;
  if (state === 'running' && at === undefined) return <Countdown dueAt={dueAt} />;
  if (state !== 'missed') return words.clockState[state];
  if (fulfilledAt !== undefined) {
    return words.clocks.doneLate(spanText(Date.parse(fulfilledAt) - Date.parse(dueAt), words.span));
  }
  return isWorkedOn && of.clock !== ESCALATION ? words.clocks.stillOwed : words.clockState.missed;
}

/** What is left of the time for when it goes on. */
function Left({ of: { counting } }: { readonly of: ClockExplanation }) {
  const { words } = useLanguage();
  if (!('leftMs' in counting) || counting.leftMs === undefined) return null;
  return <span>{words.clocks.left(hoursText(counting.leftMs, words.span, 'minutes'))}</span>;
}

function Marks({ of }: { readonly of: ClockExplanation }) {
  const { words } = useLanguage();
  const moves = of.steps.filter(({ type }) => type === 'DeadlineMoved').length;
  const warned = of.warnings.filter(({ given }) => given).at(-1);
  const isOpen = of.state === 'running' || of.state === 'paused';
  return (
    <>
      {warned && isOpen && <Flag tone="warn">{words.clocks.warned(warned.percent)}</Flag>}
      {of.provisionalYears && isOpen && <Flag tone="warn">{words.clocks.provisional}</Flag>}
      {moves > 0 && <Flag>{words.clocks.moved(moves)}</Flag>}
    </>
  );
}
