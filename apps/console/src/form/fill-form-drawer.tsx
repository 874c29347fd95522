import { App, Button, Drawer, Form } from 'antd';
import { useRef, useState } from 'react';
import { withoutEmpty } from '../command/form-fields.ts';
import { ProblemNote } from '../frame/problem-note.tsx';
import { keyPerBody, write, type Problem } from '../http/requests.ts';
import type { CaseShown, FilledForm, PackForm, Written } from '../http/shapes.ts';
import { asProblem } from '../http/use-read.ts';
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
  const { message } = App.useApp();
  const [form] = Form.useForm();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const keyFor = useRef(keyPerBody());
  const label = inLanguage(rule.label, language);
  const title = last ? `${words.forms.correct}${words.colon}${label}` : label;

  const send = async (given: { values?: object }) => {
    const body = { form: rule.id, values: withoutEmpty(given.values ?? {}) ?? {} };
    setSending(true);
    setProblem(undefined);
    try {
      const options = { idempotencyKey: keyFor.current(body), etag: of.etag };
      const written = await write<Written>(`/cases/${of.caseId}/fill-form`, body, options);
      void message.success(words.forms.filled(label));
      onWritten(written.position);
      onClose();
    } catch (cause) {
      const refused = asProblem(cause);
      setProblem(refused);
      if (refused.status === 412) onWritten();
    } finally {
      setSending(false);
    }
  };

  return (
    <Drawer
      open
      onClose={onClose}
      title={title}
      size="min(480px, 100vw)"
      closable={{ 'aria-label': words.frame.dismiss }}
      footer={
        <Button type="primary" block size="large" loading={sending} onClick={() => form.submit()}>
          {last ? words.forms.correct : words.forms.fill}
        </Button>
      }
    >
      <Form
        form={form}
        name="form"
        layout="vertical"
        initialValues={{ values: valuesOf(last) }}
        scrollToFirstError={{ focus: true }}
        onFinish={(given: { values?: object }) => void send(given)}
      >
        <PackFieldItems fields={rule.fields} under="values" />
        {problem && <ProblemNote problem={problem} />}
      </Form>
    </Drawer>
  );
}

/** What was personal and is erased or withheld is not there to begin with. */
function valuesOf(last: FilledForm | undefined): Readonly<Record<string, unknown>> {
  const words = last?.words;
  return { ...last?.values, ...(words && 'value' in words ? (words.value as object) : {}) };
}
