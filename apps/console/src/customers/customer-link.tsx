import { Panel } from '../case/panel.tsx';
import { customerAddress } from '../frame/place.ts';
import { useSession } from '../frame/session.tsx';
import type { CaseShown } from '../http/shapes.ts';
import { inLanguage, useLanguage } from '../language/language.tsx';

/** The way from a case to the file of the customer: in which the complainant was found, or from which the visit was opened. */
export function CustomerLink({ of }: { readonly of: CaseShown }) {
  const { words, language } = useLanguage();
  const { policy } = useSession();
  const customer = of['customer'] as { readonly customerId?: string; readonly tier?: string } | undefined;
  const from = of['openedFrom'] as { readonly customerId?: string } | undefined;
  const customerId = customer?.customerId ?? from?.customerId;
  if (customerId === undefined) return null;
  const label = policy?.customers.tiers.find(({ id }) => id === customer?.tier)?.label;
  return (
    <Panel title={words.customer.title}>
      <a href={customerAddress(customerId)}>{words.customer.toFile}</a>
      {customer?.tier !== undefined && <> · {label ? inLanguage(label, language) : customer.tier}</>}
    </Panel>
  );
}
