import { Fields } from '../fields/field-value.tsx';
import type { CaseShown } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import { Panel } from './panel.tsx';

/** What is known of a case besides what was said. */
export function CaseFacts({ of }: { readonly of: CaseShown }) {
  const { words } = useLanguage();
  const { kind, channel, category, unit, owner, persons, circumstances, externalReference, occurredAt, receivedAt } =
    of;
  return (
    <Panel title={words.case.facts}>
      <Fields
        of={{
          kind,
          channel,
          category,
          unit,
          owner,
          ...(persons > 1 ? { persons } : {}),
          ...(circumstances.length > 0 ? { circumstances } : {}),
          externalReference,
          occurredAt,
          receivedAt,
          revision: of.revision,
        }}
      />
    </Panel>
  );
}
