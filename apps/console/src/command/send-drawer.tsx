import { App, Button, Drawer, Form } from 'antd';
import { useRef, useState, type ReactNode } from 'react';
import { ProblemNote } from '../frame/problem-note.tsx';
import { keyPerBody, write, type Problem } from '../http/requests.ts';
import type { Written } from '../http/shapes.ts';
import { asProblem } from '../http/use-read.ts';
import { useLanguage } from '../language/language.tsx';

interface SendDrawerProps {
  /** The address that takes the command, e.g. `/cases/…/give-reply`. */
  readonly to: string;
  /** Of what it is sent to, as it is shown; undefined where that is not there yet. */
  readonly etag: string | undefined;
  readonly title: string;
  /** What the button says. */
  readonly action: string;
  /** What is said when it is written. */
  readonly done: string;
  /** Of the fields, so that labels find them. */
  readonly name: string;
  readonly initial: object;
  readonly bodyOf: (given: unknown) => object;
  readonly children: ReactNode;
  readonly onClose: () => void;
  /** What it was sent to may be read again, at least from this position. */
  readonly onWritten: (atLeast?: string, written?: Written) => void;
}

/** Asks for fields, sends them as a command, and says why not where it was refused. */
export function SendDrawer({ to, etag, title, action, done, name, initial, bodyOf, ...rest }: SendDrawerProps) {
  const { children, onClose, onWritten } = rest;
  const { words } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const keyFor = useRef(keyPerBody());

  const send = async (given: unknown) => {
    const body = bodyOf(given);
    setSending(true);
    setProblem(undefined);
    try {
      const options = { idempotencyKey: keyFor.current(body), ...(etag === undefined ? {} : { etag }) };
      const written = await write<Written>(to, body, options);
      void message.success(done);
      onWritten(written.position, written);
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
          {action}
        </Button>
      }
    >
      <Form
        form={form}
        name={name}
        layout="vertical"
        initialValues={initial}
        scrollToFirstError={{ focus: true }}
        onFinish={(given: unknown) => void send(given)}
      >
        {children}
        {problem && <ProblemNote problem={problem} />}
      </Form>
    </Drawer>
  );
}
