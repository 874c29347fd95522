import { Fields } from '../fields/field-value.tsx';
import { caseAddress } from '../frame/place.ts';
import type { CaseShown, Thing } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import styles from './case.module.css';
import { Panel } from './panel.tsx';

const LISTS = ['promises', 'plans', 'compensations', 'links', 'attachments', 'visits'] as const;

/** Ids and checksums are for machines. */
const FOR_MACHINES = [
  'promiseId',
  'planId',
  'compensationId',
  'linkId',
  'attachmentId',
  'otherCaseId',
  'keyId',
  'ciphertextSha256',
  'plaintextSha256',
];

/** What a case holds: promises, plans, compensations and the like, each list where there is anything in it. */
export function OpenThings({ of }: { readonly of: CaseShown }) {
  const { words } = useLanguage();
  return (
    <>
      {LISTS.map((list) => {
        const things = of[list] ?? [];
        return (
          things.length > 0 && (
            <Panel key={list} title={words.field[list]}>
              <ul className={styles.things}>
                {things.map((thing, index) => (
                  <li key={index}>
                    <ThingLink thing={thing} caseId={of.caseId} />
                    <Fields of={thing} without={FOR_MACHINES} />
                  </li>
                ))}
              </ul>
            </Panel>
          )
        );
      })}
      {of.opinion && (
        <Panel title={words.field.opinion}>
          <Fields of={of.opinion} />
        </Panel>
      )}
    </>
  );
}

/** The way to what is elsewhere: the other case of a link, the file of an attachment. */
function ThingLink({ thing, caseId }: { readonly thing: Thing; readonly caseId: string }) {
  const { words } = useLanguage();
  const { otherCaseId, attachmentId } = thing;
  if (typeof otherCaseId === 'string') return <a href={caseAddress(otherCaseId)}>{words.field.otherCaseId}</a>;
  if (typeof attachmentId === 'string') {
    return <a href={`/cases/${caseId}/attachments/${encodeURIComponent(attachmentId)}`}>{words.case.download}</a>;
  }
  return null;
}
