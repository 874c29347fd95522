import { Button } from 'antd';
import { useState } from 'react';
import { isPersonal, UnreadableMark, unreadableOf } from '../fields/personal-value.tsx';
import { useNames } from '../frame/session.tsx';
import type { CaseShown, FilledForm, PackForm } from '../http/shapes.ts';
import { inLanguage, useLanguage } from '../language/language.tsx';
import { At } from '../time/instants.tsx';
import styles from '../case/case.module.css';
import { Panel } from '../case/panel.tsx';
import { FillFormDrawer } from './fill-form-drawer.tsx';
import { PackFieldValue } from './pack-field-value.tsx';

interface FormsProps {
  readonly of: CaseShown;
  readonly isPast: boolean;
  readonly onWritten: (atLeast?: string) => void;
}

/** Section 12: the forms of the pack that the case may have or has, as they were filled, the last version first. */
export function Forms({ of, isPast, onWritten }: FormsProps) {
  const { words } = useLanguage();
  const [filling, setFilling] = useState<PackForm>();
  const filled = of.forms ?? [];
  const shown = of.rules.forms.filter(({ id, applies }) => applies || filled.some(({ form }) => form === id));
  const mayFill = !isPast && of.legal.includes('FillForm');
  return (
    <Panel title={words.forms.title}>
      {shown.length === 0 && <p className={styles.quiet}>{words.forms.none}</p>}
      <ul className={styles.things}>
        {shown.map((form) => (
          <li key={form.id}>
            <OneForm
              form={form}
              versions={filled.filter((it) => it.form === form.id)}
              caseId={of.caseId}
              onFill={mayFill && form.applies ? () => setFilling(form) : undefined}
            />
          </li>
        ))}
      </ul>
      {filling && (
        <FillFormDrawer
          form={filling}
          of={of}
          last={filled.findLast(({ form }) => form === filling.id)}
          onClose={() => setFilling(undefined)}
          onWritten={onWritten}
        />
      )}
    </Panel>
  );
}

interface OneFormProps {
  readonly form: PackForm;
  readonly versions: readonly FilledForm[];
  readonly caseId: string;
  readonly onFill: (() => void) | undefined;
}

function OneForm({ form, versions, caseId, onFill }: OneFormProps) {
  const { words, language } = useLanguage();
  const last = versions.at(-1);
  const label = inLanguage(form.label, language);
  const earlier = versions.slice(0, -1).map((of, index) => ({ of, version: index + 1 }));
  return (
    <>
      <div className={styles.thingHead}>
        <strong>{label}</strong>
        <span className={styles.quiet}>{form.source}</span>
      </div>
      {last ? (
        <Filled form={form} of={last} version={versions.length} caseId={caseId} />
      ) : (
        <div className={styles.quiet}>
          {words.forms.notFilled} · <PrintLink caseId={caseId} form={form.id} />
        </div>
      )}
      {onFill && (
        <Button size="small" onClick={onFill} aria-label={`${last ? words.forms.correct : words.forms.fill}: ${label}`}>
          {last ? words.forms.correct : words.forms.fill}
        </Button>
      )}
      {earlier.length > 0 && (
        <details>
          <summary>{words.forms.earlier(earlier.length)}</summary>
          {earlier.toReversed().map(({ of, version }) => (
            <Filled key={of.formId} form={form} of={of} version={version} caseId={caseId} />
          ))}
        </details>
      )}
    </>
  );
}

interface FilledProps {
  readonly form: PackForm;
  readonly of: FilledForm;
  readonly version: number;
  readonly caseId: string;
}

function Filled({ form, of, version, caseId }: FilledProps) {
  const { words, language } = useLanguage();
  const names = useNames();
  const why = unreadableOf(of.words);
  const personal = isPersonal(of.words) && 'value' in of.words ? (of.words.value as Record<string, unknown>) : {};
  const values = { ...of.values, ...personal };
  return (
    <>
      <div className={styles.quiet}>
        {words.forms.version(version)} · {names.person(of.by)} · <At instant={of.at} /> ·{' '}
        <PrintLink caseId={caseId} form={form.id} version={version} />
      </div>
      <dl className={styles.facts}>
        {form.fields
          .filter((field) => values[field.id] !== undefined || (field.personal && why))
          .map((field) => (
            <div key={field.id} className={styles.formLine}>
              <dt>{inLanguage(field.label, language)}</dt>
              <dd>
                {field.personal && why ? (
                  <UnreadableMark why={why} />
                ) : (
                  <PackFieldValue field={field} value={values[field.id]} />
                )}
              </dd>
            </div>
          ))}
      </dl>
    </>
  );
}

interface PrintLinkProps {
  readonly caseId: string;
  readonly form: string;
  readonly version?: number;
}

function PrintLink({ caseId, form, version }: PrintLinkProps) {
  const { words, language } = useLanguage();
  const query = new URLSearchParams({ lang: language, ...(version === undefined ? {} : { version: String(version) }) });
  return (
    <a href={`/cases/${caseId}/forms/${encodeURIComponent(form)}?${query}`} target="_blank" rel="noopener">
      {words.forms.print}
    </a>
  );
}
