import { App, Button, Drawer, Form } from 'antd';
import { useRef, useState } from 'react';
import { withoutEmpty } from '../command/form-fields.ts';
import { useCommands } from '../command/open-api.ts';
import { go } from '../frame/place.ts';
import { ProblemNote } from '../frame/problem-note.tsx';
import { keyPerBody, write, type Problem } from '../http/requests.ts';
import type { Written } from '../http/shapes.ts';
import { asProblem } from '../http/use-read.ts';
import { useLanguage } from '../language/language.tsx';
import { ReceiveCaseFields } from './receive-case-fields.tsx';

interface ReceiveCaseProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Takes in a new case (I-1, I-2, I-3, I-7). What was typed stays when the drawer is closed by mistake. */
export function ReceiveCase({ open, onClose }: ReceiveCaseProps) {
  const { words } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const keyFor = useRef(keyPerBody());
  const { opening } = useCommands('cases');

  const send = async (values: Readonly<Record<string, unknown>>) => {
    const body = withoutEmpty(values);
    setSending(true);
    setProblem(undefined);
    try {
      const { caseId, result } = await write<Written>('/cases', body, { idempotencyKey: keyFor.current(body) });
      const ref = typeof result['ref'] === 'string' ? result['ref'] : words.name;
      void message.success(words.receive.done(ref));
      form.resetFields();
      onClose();
      go(`/cases/${caseId}`);
    } catch (cause) {
      setProblem(asProblem(cause));
    } finally {
      setSending(false);
    }
  };

  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={words.receive.title}
      size="min(640px, 100vw)"
      closable={{ 'aria-label': words.frame.dismiss }}
      forceRender
      footer={
        <div style={{ display: 'flex', gap: 8, justifyContent: 'flex-end' }}>
          <Button onClick={onClose}>{words.receive.cancel}</Button>
          <Button type="primary" loading={sending} onClick={() => form.submit()}>
            {words.receive.submit}
          </Button>
        </div>
      }
    >
      <Form
        form={form}
        name="receive"
        layout="vertical"
        scrollToFirstError={{ focus: true }}
        initialValues={{ kind: 'complaint', channel: 'phone', persons: 1 }}
        onFinish={(values: Readonly<Record<string, unknown>>) => void send(values)}
      >
        <ReceiveCaseFields properties={opening?.schema.properties ?? {}} />
        {problem && <ProblemNote problem={problem} />}
      </Form>
    </Drawer>
  );
}
