import { useMemo } from 'react';
import type { Written } from '../http/shapes.ts';
import { useLanguage } from '../language/language.tsx';
import { fieldsOf, withoutEmpty, type Subject } from './form-fields.ts';
import { FormItems } from './form-items.tsx';
import type { CommandOffered, OpenApi } from './open-api.ts';
import { SendDrawer } from './send-drawer.tsx';

interface CommandDrawerProps {
  /** The address that takes it. */
  readonly to: string;
  readonly etag: string | undefined;
  readonly title: string;
  readonly command: CommandOffered;
  readonly document: OpenApi;
  /** What it is sent to, where there is one already. */
  readonly of: Subject | undefined;
  /** What is known of the fields already. */
  readonly initial?: Readonly<Record<string, unknown>> | undefined;
  readonly onClose: () => void;
  /** What it was sent to may be read again, at least from this position. */
  readonly onWritten: (atLeast?: string, written?: Written) => void;
}

/** Asks for what a command needs and sends it. */
export function CommandDrawer({ to, etag, title, command, document, of, initial = {}, ...rest }: CommandDrawerProps) {
  const { words } = useLanguage();
  const fields = useMemo(() => fieldsOf(command.schema, document), [command, document]);

  return (
    <SendDrawer
      {...{ to, etag, title, initial, ...rest }}
      action={title}
      done={words.form.done(title)}
      name="command"
      bodyOf={(given) => withoutEmpty(given) ?? {}}
    >
      {fields.length === 0 && <p>{words.form.noFields}</p>}
      <FormItems fields={fields} of={of} />
    </SendDrawer>
  );
}
