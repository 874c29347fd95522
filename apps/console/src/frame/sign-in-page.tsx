import { Button, Card, Form, Input } from 'antd';
import { useEffect, useState } from 'react';
import { write, type Problem } from '../http/requests.ts';
import { asProblem } from '../http/use-read.ts';
import { useLanguage } from '../language/language.tsx';
import { Brand } from './brand.tsx';
import styles from './frame.module.css';
import { LanguageSwitch } from './language-switch.tsx';
import { ProblemNote } from './problem-note.tsx';

/** For a browser without a session: with a key, or how to get in with a link. */
export function SignInPage({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const { words } = useLanguage();
  const [problem, setProblem] = useState<Problem>();
  const [sending, setSending] = useState(false);
  useEffect(() => {
    document.title = `${words.signIn.title} · ${words.name}`;
  }, [words]);

  const signIn = ({ key }: { key: string }) => {
    setSending(true);
    setProblem(undefined);
    write('/sign-in', { key: key.trim() })
      .then(onSignedIn, (cause: unknown) => setProblem(asProblem(cause)))
      .finally(() => setSending(false));
  };

  return (
    <main className={styles.signIn}>
      <Card className={styles.signInCard}>
        <div className={styles.signInHead}>
          <Brand />
          <LanguageSwitch />
        </div>
        <Form layout="vertical" requiredMark={false} onFinish={signIn}>
          <Form.Item
            name="key"
            label={words.signIn.key}
            extra={words.signIn.keyHint}
            rules={[{ required: true, whitespace: true, message: words.form.required }]}
          >
            <Input.Password autoFocus autoComplete="current-password" size="large" />
          </Form.Item>
          {problem && (
            <Form.Item>
              {problem.status === 401 ? (
                <span role="alert" className={styles.wrongKey}>
                  {words.signIn.wrong}
                </span>
              ) : (
                <ProblemNote problem={problem} />
              )}
            </Form.Item>
          )}
          <Button type="primary" htmlType="submit" size="large" block loading={sending}>
            {words.signIn.submit}
          </Button>
        </Form>
        <h2 className={styles.signInLinkTitle}>{words.signIn.linkTitle}</h2>
        <p className={styles.signInLink}>{words.signIn.link}</p>
      </Card>
    </main>
  );
}
