import { FieldValue } from '../fields/field-value.tsx';
import { isPersonal } from '../fields/personal-value.tsx';
import { useNames } from '../frame/session.tsx';
import type { Change } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import styles from './timeline.module.css';

/** A field's path as the API gives it: `owner`, `promises[3f…].state`, `clocks[first_reply#1].dueAt`. */
const PATH = /^([^.[]+)(?:\[([^\]]*)\])?(?:\.(.+))?$/;

interface Group {
  readonly list: string;
  /** The member of a list that changed; undefined for a field of the case itself. */
  readonly member: string | undefined;
  readonly changes: { readonly field: string; readonly from?: unknown; readonly to?: unknown }[];
}

/** For machines, or said by the line itself. */
const UNSAID = /^(clock|run|ruledBy|partyId|groundId|role|main|evidence|.*Id)$/;

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0);

/** What was not and is not is no change; the words of the event itself stand above. */
const isWorthSaying = ({ field, from, to }: Change): boolean =>
  !(isNothing(from) && (isNothing(to) || isPersonal(to))) && !UNSAID.test(field.split('.').at(-1) ?? '');

function grouped(changes: readonly Change[]): readonly Group[] {
  const groups: Group[] = [];
  for (const { field, from, to } of changes.filter(isWorthSaying)) {
    const [, list = field, member, inner] = PATH.exec(field) ?? [];
    const last = groups.at(-1);
    const change = { field: inner ?? list, from: from === 'none' ? undefined : from, to };
    if (member !== undefined && last?.list === list && last.member === member) last.changes.push(change);
    else groups.push({ list, member, changes: [change] });
  }
  return groups;
}

/** What an event changed, field by field; what concerns one promise, one clock … stands in one line. */
export function Changes({ changes }: { readonly changes: readonly Change[] }) {
  const groups = grouped(changes);
  if (groups.length === 0) return null;
  return (
    <ul className={styles.changes}>
      {groups.map((group, index) => (
        <li key={index} data-member={group.member !== undefined}>
          <GroupName group={group} />
          {group.changes.map((change) => (
            <FromTo key={change.field} {...change} named={group.member !== undefined} />
          ))}
        </li>
      ))}
    </ul>
  );
}

function GroupName({ group: { list, member } }: { readonly group: Group }) {
  const { words } = useLanguage();
  const names = useNames();
  const [clock = '', run] = (member ?? '').split('#');
  const of =
    list === 'clocks' ? ` › ${names.clock(clock)}${run && run !== '1' ? ` (${words.case.run(Number(run))})` : ''}` : '';
  return (
    <span className={styles.partName}>
      {term(words.field, list)}
      {of}
    </span>
  );
}

interface FromToProps {
  readonly field: string;
  readonly from?: unknown;
  readonly to?: unknown;
  /** Whether the name of the field must be said. */
  readonly named: boolean;
}

function FromTo({ field, from, to, named }: FromToProps) {
  const { words } = useLanguage();
  return (
    <span className={styles.change}>
      {named && (
        <span className={styles.partName}>
          {field
            .split('.')
            .map((part) => term(words.field, part))
            .join(' › ')}
        </span>
      )}
      {!isNothing(from) && (
        <>
          <del>
            <FieldValue field={field} value={from} />
          </del>
          <span aria-hidden> → </span>
        </>
      )}
      <FieldValue field={field} value={to} />
    </span>
  );
}
