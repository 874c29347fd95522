import { Button } from 'antd';
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';
import { Panel } from '../case/panel.tsx';
import { CommandDrawer } from '../command/command-drawer.tsx';
import type { CommandChosen } from '../command/command-panel.tsx';
import styles from '../command/command.module.css';
import { useCommands, type CommandOffered } from '../command/open-api.ts';
import { useSession } from '../frame/session.tsx';
import { term, useLanguage } from '../language/language.tsx';
import type { CustomerShown } from './shapes.ts';

/** They stand beside what they change: a contact, a milestone, the details. */
const IN_PLACE = new Set([
  'CorrectDetails',
  'CorrectContact',
  'RemoveContact',
  'CorrectMilestone',
  'WithdrawMilestone',
]);

interface FileCommands {
  /** What whoever is signed in may do to the file. */
  readonly offered: readonly CommandOffered[];
  readonly choose: (chosen: CommandChosen) => void;
}

const FileCommandsContext = createContext<FileCommands>({ offered: [], choose: () => undefined });

interface FileCommandsProviderProps {
  readonly of: CustomerShown;
  readonly onWritten: (atLeast?: string) => void;
  readonly children: ReactNode;
}

/** Lets the parts of a file offer what may be done to it (C-1, C-2), and asks for the fields of what was chosen. */
export function FileCommandsProvider({ of, onWritten, children }: FileCommandsProviderProps) {
  const { words } = useLanguage();
  const { me } = useSession();
  const { commands, document } = useCommands('customers');
  const [chosen, choose] = useState<CommandChosen>();
  const offered = useMemo(
    () => (of.erased ? [] : commands.filter((it) => it.roles.includes(me.role) && isThereToUndo(it.name, of))),
    [commands, me.role, of],
  );
  const command = offered.find(({ name }) => name === chosen?.name);
  const given = useMemo<FileCommands>(() => ({ offered, choose }), [offered]);
  return (
    <FileCommandsContext value={given}>
      {children}
      {command && document && (
        <CommandDrawer
          key={command.name}
          to={`/customers/${of.customerId}/${command.path}`}
          etag={of.etag}
          title={term(words.customerCommand, command.name)}
          initial={chosen?.initial}
          onClose={() => choose(undefined)}
          {...{ command, document, of, onWritten }}
        />
      )}
    </FileCommandsContext>
  );
}

/** What takes something back is offered where there is something. */
function isThereToUndo(name: string, { special, quality }: CustomerShown): boolean {
  if (name === 'UnlistSpecialOwner') return special;
  if (name === 'WithdrawQuality') return quality.length > 0;
  return true;
}

/** Whatever may be done to the file as a whole. */
export function FileCommandPanel() {
  const { words } = useLanguage();
  const { offered, choose } = useContext(FileCommandsContext);
  const ofFile = offered.filter(({ name }) => !IN_PLACE.has(name));
  if (ofFile.length === 0) return null;
  return (
    <Panel title={words.customer.actions}>
      <div className={styles.commands}>
        {ofFile.map(({ name, summary }) => (
          <Button key={name} title={summary} onClick={() => choose({ name })}>
            {term(words.customerCommand, name)}
          </Button>
        ))}
      </div>
    </Panel>
  );
}

/** One command beside what it changes, with what is known of its fields. */
export function FileAction({ name, initial }: { readonly name: string; readonly initial: CommandChosen['initial'] }) {
  const { words } = useLanguage();
  const { offered, choose } = useContext(FileCommandsContext);
  if (!offered.some((it) => it.name === name)) return null;
  return (
    <Button size="small" type="link" onClick={() => choose({ name, ...(initial ? { initial } : {}) })}>
      {term(words.customerCommand, name)}
    </Button>
  );
}
