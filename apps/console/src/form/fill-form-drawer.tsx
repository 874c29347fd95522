import { withoutEmpty } from '../command/form-fields.ts';
import { SendDrawer } from '../command/send-drawer.tsx';
import type { CaseShown, FilledForm, PackForm } from '../http/shapes.ts';
import { inLanguage, useLanguage } from '../language/language.tsx';
import { PackFieldItems } from './pack-field-items.tsx';

interface FillFormDrawerProps {
  readonly form: PackForm;
  readonly of: CaseShown;
  /** As it was filled last: a correction begins with it and becomes the next version. */
  readonly last: FilledForm | undefined;
  readonly onClose: () => void;
  readonly onWritten: (atLeast?: string) => void;
}

/** Asks for the fields of one form of the pack; what was filled before stays on record. */
export function FillFormDrawer({ form: rule, of, last, onClose, onWritten }: FillFormDrawerProps) {
  const { words, language } = useLanguage();
  const label = inLanguage(rule.label, language);

  return (
    <SendDrawer
      {...{ onClose, onWritten }}
      to={`/cases/${of.caseId}/fill-form`}
      etag={of.etag}
      title={last ? `${words.forms.correct}${words.colon}${label}` : label}
      action={last ? words.forms.correct : words.forms.fill}
      done={words.forms.filled(label)}
      name="form"
      initial={{ values: valuesOf(last) }}
      bodyOf={(given) => ({ form: rule.id, values: withoutEmpty((given as { values?: object }).values ?? {}) ?? {} })}
    >
      <PackFieldItems fields={rule.fields} under="values" />
    </SendDrawer>
  );
}

/** What was personal and is erased or withheld is not there to begin with. */
function valuesOf(last: FilledForm | undefined): Readonly<Record<string, unknown>> {
  const words = last?.words;
  return { ...last?.values, ...(words && 'value' in words ? (words.value as object) : {}) };
}
