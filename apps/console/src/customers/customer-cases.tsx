import styles from '../case/case.module.css';
import { Panel } from '../case/panel.tsx';
import { Flag, PhaseMark, SeverityMark } from '../fields/marks.tsx';
import { PersonalLine } from '../fields/personal-value.tsx';
import { caseAddress } from '../frame/place.ts';
import type { Phase } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import { At } from '../time/instants.tsx';
import own from './customers.module.css';
import type { CustomerShown } from './shapes.ts';

/** C-1: what the customer complained about and asked for; what was not verified says so. */
export function CustomerCases({ cases }: { readonly cases: CustomerShown['cases'] }) {
  const { words } = useLanguage();
  const counts = Object.entries(cases.byPhase).map(([phase, count]) => `${term(words.phase, phase as Phase)} ${count}`);
  return (
    <Panel title={words.customer.cases} extra={<small className={styles.quiet}>{counts.join(' · ')}</small>}>
      {cases.items.length === 0 && <p className={styles.quiet}>{words.customer.noCases}</p>}
      <ul className={own.lines}>
        {cases.items.map((it) => (
          <li key={it.caseId}>
            <a href={caseAddress(it.caseId)}>{it.ref}</a>
            <PersonalLine value={it.subject} />
            <small>{term(words.kind, it.kind)}</small>
            <PhaseMark phase={it.phase} />
            <SeverityMark severity={it.severity} />
            {it.receivedAt !== null && <At instant={it.receivedAt} />}
            {!it.verified && (
              <span title={words.customer.unverifiedHint}>
                <Flag tone="warn">{words.customer.unverified}</Flag>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
