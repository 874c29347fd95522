import styles from '../case/case.module.css';
import { Panel } from '../case/panel.tsx';
import { caseAddress } from '../frame/place.ts';
import { inLanguage, term, useLanguage } from '../language/language.tsx';
import { At } from '../time/instants.tsx';
import own from './customers.module.css';
import type { CustomerVisit } from './shapes.ts';

/** V-2: the visits by when they fall due; one that fell due leads to its case. */
export function CustomerVisits({ visits }: { readonly visits: readonly CustomerVisit[] }) {
  const { words, language } = useLanguage();
  return (
    <Panel title={words.customer.visits}>
      {visits.length === 0 && <p className={styles.quiet}>{words.customer.noVisits}</p>}
      <ul className={own.lines}>
        {visits.map(({ visitId, visit, label, opensAt, state }) => {
          const name = label ? inLanguage(label, language) : visit;
          const hasCase = state !== 'scheduled' && state !== 'cancelled';
          return (
            <li key={visitId} data-state={state}>
              {hasCase ? <a href={caseAddress(visitId)}>{name}</a> : <span>{name}</span>}
              <At instant={opensAt} />
              <small className={styles.quiet}>{term(words.customer.visitState, state)}</small>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
