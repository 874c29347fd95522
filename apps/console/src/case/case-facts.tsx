import { Fields } from '../fields/field-value.tsx';
import type { CaseShown } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import { Panel } from './panel.tsx';

/** What is known of a case besides what was said, in the order of its life; shown where there is anything. */
const FACTS = [
  'kind',
  'channel',
  'category',
  'unit',
  'owner',
  'persons',
  'circumstances',
  'externalReference',
  'occurredAt',
  'receivedAt',
  'profile',
  'motive',
  'waitingFor',
  'passedOnTo',
  'recused',
  'justification',
  'cause',
  'impact',
  'findings',
  'steps',
  'outcome',
  'resolution',
  'reasonCode',
  'declineReason',
  'withdrawalReason',
  'papersFiledWith',
  'archivedYear',
  'takenOverAt',
] as const;

const isAnything = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

export function CaseFacts({ of }: { readonly of: CaseShown }) {
  const { words } = useLanguage();
  const known = FACTS.map((name) => [name, of[name]] as const).filter(([, value]) => isAnything(value));
  return (
    <Panel title={words.case.facts}>
      <Fields of={Object.fromEntries(known)} />
    </Panel>
  );
}
