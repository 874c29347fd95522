import { App, Button, Drawer, Form } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { ProblemNote } from '../frame/problem-note.tsx';
import { keyPerBody, write, type Problem } from '../http/requests.ts';
import type { CaseShown, Written } from '../http/shapes.ts';
import { asProblem } from '../http/use-read.ts';
import { term, useLanguage } from '../language/language.tsx';
import { fieldsOf, withoutEmpty } from './form-fields.ts';
import { FormItems } from './form-items.tsx';
import type { CommandOffered, OpenApi } from './open-api.ts';

interface CommandDrawerProps {
  readonly command: CommandOffered;
  readonly document: OpenApi;
  readonly of: CaseShown;
  /** What is known of the fields already. */
  readonly initial?: Readonly<Record<string, unknown>> | undefined;
  readonly onClose: () => void;
  /** The case as it stands may be read again, at least from this position. */
  readonly onWritten: (atLeast?: string) => void;
}

/** Asks for what a command needs, sends it, and says why not where it was refused. */
export function CommandDrawer({ command, document, of, initial = {}, onClose, onWritten }: CommandDrawerProps) {
  const { words } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const keyFor = useRef(keyPerBody());
  const fields = useMemo(() => fieldsOf(command.schema, document), [command, document]);
  const title = term(words.command, command.name);

  const send = async (values: unknown) => {
    const body = withoutEmpty(values) ?? {};
    setSending(true);
    setProblem(undefined);
    try {
      const written = await write<Written>(`/cases/${of.caseId}/${command.path}`, body, {
        idempotencyKey: keyFor.current(body),
        etag: of.etag,
      });
      void message.success(words.form.done(title));
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
          {title}
        </Button>
      }
    >
      <Form
        form={form}
        name="command"
        layout="vertical"
        initialValues={initial}
        scrollToFirstError={{ focus: true }}
        onFinish={(values: unknown) => void send(values)}
      >
        {fields.length === 0 && <p>{words.form.noFields}</p>}
        <FormItems fields={fields} of={of} />
        {problem && <ProblemNote problem={problem} />}
      </Form>
    </Drawer>
  );
}
