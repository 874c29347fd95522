import { Flag } from '../fields/marks.tsx';
import { isPersonal, PersonalLine, UnreadableMark } from '../fields/personal-value.tsx';
import type { Personal, ShownParty } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import styles from './case.module.css';
import { Panel } from './panel.tsx';

const NOT_DETAILS = new Set(['partyId', 'role', 'name', 'erased', 'lost', 'withheld', 'verified', 'customerId']);

/** Who stands in the case, and how to reach them. */
export function Parties({ parties }: { readonly parties: readonly ShownParty[] }) {
  const { words } = useLanguage();
  return (
    <Panel title={words.case.parties}>
      <ul className={styles.parties}>
        {parties.map((party) => (
          <li key={party.partyId}>
            <div className={styles.quiet}>
              {term(words.partyRole, party.role)}{' '}
              {typeof party['verified'] === 'string' && <Flag>{term(words.value, party['verified'])}</Flag>}
            </div>
            <PartyDetails party={party} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function PartyDetails({ party }: { readonly party: ShownParty }) {
  const { words } = useLanguage();
  if (party['erased'] === true) return <UnreadableMark why="erased" />;
  if (party['lost'] === true) return <UnreadableMark why="lost" />;
  if (party['withheld'] === true) return <UnreadableMark why="withheld" />;
  const details = Object.entries(party).filter(
    (entry): entry is [string, Personal | string] =>
      !NOT_DETAILS.has(entry[0]) && (typeof entry[1] === 'string' || isPersonal(entry[1])),
  );
  return (
    <>
      <strong>
        <PersonalLine value={party['name'] as Personal | string | undefined} />
      </strong>
      {details.map(([name, value]) => (
        <div key={name} title={term(words.field, name)}>
          <PersonalLine value={value} />
        </div>
      ))}
    </>
  );
}
