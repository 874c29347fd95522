import { Panel } from '../case/panel.tsx';
import { Fields } from '../fields/field-value.tsx';
import { Flag } from '../fields/marks.tsx';
import { UnreadableMark, unreadableOf } from '../fields/personal-value.tsx';
import { useNames, useSession } from '../frame/session.tsx';
import { inLanguage, useLanguage } from '../language/language.tsx';
import { At } from '../time/instants.tsx';
import own from './customers.module.css';
import { FileAction } from './file-commands.tsx';
import type { CustomerShown } from './shapes.ts';

/** Who the customer is, with whom, since when, and whether a superior has looked at it (C-2). */
export function CustomerFacts({ of }: { readonly of: CustomerShown }) {
  const { words } = useLanguage();
  const names = useNames();
  const why = unreadableOf(of.details);
  const details = of.details && 'value' in of.details ? (of.details.value as Record<string, unknown>) : {};
  return (
    <Panel title={words.customer.facts} extra={!why && <FileAction name="CorrectDetails" initial={{ details }} />}>
      {why ? <UnreadableMark why={why} /> : <Fields of={details} without={['name']} />}
      <ul className={own.lines}>
        <li>
          <span>{words.customer.registered}</span>
          <At instant={of.registeredAt} />
        </li>
        <li>
          {of.reviewed === undefined ? (
            words.customer.notReviewed
          ) : (
            <>
              <span>{words.customer.reviewed}</span> {names.person(of.reviewed.by)} <At instant={of.reviewed.at} />
            </>
          )}
        </li>
        {of.unit !== undefined && (
          <li>
            <span>{words.customer.unit}</span> {of.unit}
          </li>
        )}
        {of.consent !== undefined && (
          <li>
            <span>{words.customer.consent}</span> {of.consent}
          </li>
        )}
        {of.liaisons.length > 0 && (
          <li>
            <span>{words.customer.liaisons}</span> {of.liaisons.map(({ id, name }) => name ?? id).join(words.listComma)}
          </li>
        )}
        <SpecialGroups of={of} />
        <FileDuties of={of} />
      </ul>
    </Panel>
  );
}

/** C-2: what of the file is owed, and until when. */
function FileDuties({ of: { duties } }: { readonly of: CustomerShown }) {
  const { words, language } = useLanguage();
  return duties
    .filter(({ state }) => state === 'open')
    .map(({ dutyId, duty, label, dueAt, missed }) => (
      <li key={dutyId}>
        <span>{label ? inLanguage(label, language) : duty}</span>
        <At instant={dueAt} />
        {missed && <Flag tone="bad">{words.customer.fileOverdue}</Flag>}
      </li>
    ));
}

function SpecialGroups({ of: { special, specialGroups } }: { readonly of: CustomerShown }) {
  const { words, language } = useLanguage();
  const { policy } = useSession();
  if (!special || specialGroups === undefined) return null;
  const why = unreadableOf(specialGroups);
  const groups = 'value' in specialGroups ? (specialGroups.value as readonly string[]) : [];
  const labelOf = (group: string): string => {
    const label = policy?.customers.specialOwners.find(({ id }) => id === group)?.label;
    return label ? inLanguage(label, language) : group;
  };
  return (
    <li>
      <span>{words.customer.special}</span>{' '}
      {why ? <UnreadableMark why={why} /> : groups.map(labelOf).join(words.listComma)}
    </li>
  );
}
