import { useNames } from '../frame/session.tsx';
import type { Debtor } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';

/** Who owes something: people with their posts, a unit, or a post that nobody holds. */
export function Debtors({ of }: { readonly of: readonly Debtor[] }) {
  const { words } = useLanguage();
  const names = useNames();
  const said = ({ post, person, unit }: Debtor): string => {
    if (unit !== undefined) return unit;
    if (person === undefined) return words.duties.unheld(names.person(post ?? ''));
    return post === undefined ? names.person(person) : words.duties.held(names.person(person), names.person(post));
  };
  return of.map(said).join(words.listComma);
}
