import { PaperClipOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useRef, useState } from 'react';
import { ProblemNote } from '../frame/problem-note.tsx';
import { newIdempotencyKey, sendFile, type Problem } from '../http/requests.ts';
import { asProblem } from '../http/use-read.ts';
import { useLanguage } from '../language/language.tsx';
import styles from './command.module.css';

interface AttachmentUploadProps {
  readonly caseId: string;
  readonly disabled: boolean;
  readonly onWritten: (atLeast?: string) => void;
}

/** Adds a file to the case; the file itself is what is sent. */
export function AttachmentUpload({ caseId, disabled, onWritten }: AttachmentUploadProps) {
  const { words } = useLanguage();
  const { message } = App.useApp();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const chooser = useRef<HTMLInputElement>(null);
  const title = words.command.AddAttachment;

  const send = async (file: File) => {
    setSending(true);
    setProblem(undefined);
    try {
      const path = `/cases/${caseId}/attachments?fileName=${encodeURIComponent(file.name)}`;
      const written = await sendFile(path, file, { idempotencyKey: newIdempotencyKey() });
      void message.success(words.form.done(title));
      onWritten(written.position);
    } catch (cause) {
      setProblem(asProblem(cause));
    } finally {
      setSending(false);
    }
  };

  return (
    <>
      <input
        ref={chooser}
        type="file"
        hidden
        aria-label={title}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // The same file chosen again is a change, too.
          target.value = '';
          if (file) void send(file);
        }}
      />
      <Button
        icon={<PaperClipOutlined />}
        loading={sending}
        disabled={disabled}
        onClick={() => chooser.current?.click()}
      >
        {title}
      </Button>
      {problem && (
        <div className={styles.uploadProblem}>
          <ProblemNote problem={problem} />
        </div>
      )}
    </>
  );
}
