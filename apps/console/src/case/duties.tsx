import { Button } from 'antd';
import { Debtors } from '../fields/debtors.tsx';
import { Flag } from '../fields/marks.tsx';
import { caseAddress } from '../frame/place.ts';
import type { CaseShown, Duty } from '../http/shapes.ts';
import { inLanguage, term, useLanguage } from '../language/language.tsx';
import { Countdown, Until } from '../time/instants.tsx';
import type { CommandChosen } from '../command/command-panel.tsx';
import styles from './case.module.css';
import { Panel } from './panel.tsx';

interface DutiesProps {
  readonly of: CaseShown;
  readonly isPast: boolean;
  readonly onChoose: (chosen: CommandChosen) => void;
}

/** What somebody must still do: who, until when, and the way to do it where that is legal now. */
export function Duties({ of, isPast, onChoose }: DutiesProps) {
  const { words } = useLanguage();
  return (
    <Panel title={words.duties.title}>
      {of.duties.length === 0 && <p className={styles.quiet}>{words.duties.none}</p>}
      <ul className={styles.things}>
        {of.duties.map((duty) => (
          <li key={`${duty.kind} ${duty.id}`}>
            <OneDuty
              duty={duty}
              isPast={isPast}
              onDo={!isPast && duty.command && of.legal.includes(duty.command) ? onChoose : undefined}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface OneDutyProps {
  readonly duty: Duty;
  readonly isPast: boolean;
  readonly onDo: ((chosen: CommandChosen) => void) | undefined;
}

function OneDuty({ duty, isPast, onDo }: OneDutyProps) {
  const { words, language } = useLanguage();
  const { duties } = words;
  const { kind, label, command, owedBy, role, dueAt, late, paused, source } = duty;
  const name = label ? inLanguage(label, language) : term(duties.kind, kind);
  const anybody = role === undefined ? duties.anybody : duties.atLeast(term(words.role, role));
  return (
    <>
      <div className={styles.thingHead}>
        <strong>{name}</strong>
        {label && name !== term(duties.kind, kind) && <span className={styles.quiet}>{term(duties.kind, kind)}</span>}
        {late && <Flag tone="bad">{duties.late}</Flag>}
      </div>
      <dl className={styles.facts}>
        <dt>{duties.by}</dt>
        <dd>{owedBy.length > 0 ? <Debtors of={owedBy} /> : anybody}</dd>
        <dt>{duties.until}</dt>
        <dd>
          {dueAt === undefined ? paused ? duties.paused : duties.noTime : <Until instant={dueAt} late={late} />}
          {dueAt !== undefined && !isPast && (
            <>
              {' · '}
              <Countdown dueAt={dueAt} />
            </>
          )}
        </dd>
        {source !== undefined && source !== '·' && (
          <>
            <dt>{words.field.source}</dt>
            <dd>{source}</dd>
          </>
        )}
      </dl>
      {onDo && command && (
        <Button size="small" onClick={() => onDo({ name: command, initial: initialOf(duty) })}>
          {term(words.command, command)}
        </Button>
      )}
      {kind === 'sheet' && <a href={caseAddress(duty.id)}>{duties.openSheet}</a>}
    </>
  );
}

const FIELD: Readonly<Partial<Record<Duty['kind'], string>>> = {
  approval: 'compensationId',
  answer_to_plan: 'planId',
  promise: 'promiseId',
  escalation: 'escalationId',
  step: 'step',
  report: 'duty',
};

/** The duty says already which plan, promise, step … the command is about. */
function initialOf({ kind, id }: Duty): Readonly<Record<string, unknown>> {
  const field = FIELD[kind];
  return field === undefined ? {} : { [field]: id };
}
