import { useMemo } from 'react';
import type { CaseShown } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import { fieldsOf, withoutEmpty } from './form-fields.ts';
import { FormItems } from './form-items.tsx';
import type { CommandOffered, OpenApi } from './open-api.ts';
import { SendDrawer } from './send-drawer.tsx';

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

/** Asks for what a command needs and sends it. */
export function CommandDrawer({ command, document, of, initial = {}, onClose, onWritten }: CommandDrawerProps) {
  const { words } = useLanguage();
  const fields = useMemo(() => fieldsOf(command.schema, document), [command, document]);
  const title = term(words.command, command.name);

  return (
    <SendDrawer
      {...{ of, title, initial, onClose, onWritten }}
      path={command.path}
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
