import { Button, Tooltip } from 'antd';
import { useState } from 'react';
import { useSession } from '../frame/session.tsx';
import type { CaseShown } from '../http/shapes.ts';
import { term, useLanguage } from '../language/language.tsx';
import { AttachmentUpload } from './attachment-upload.tsx';
import { CommandDrawer } from './command-drawer.tsx';
import styles from './command.module.css';
import { useCommands, type CommandOffered } from './open-api.ts';

interface CommandPanelProps {
  readonly of: CaseShown;
  /** While the past is shown nothing may be done. */
  readonly disabled: boolean;
  readonly onWritten: (atLeast?: string) => void;
}

/** What may be done to a case now, and, greyed, what not and why. */
export function CommandPanel({ of, disabled, onWritten }: CommandPanelProps) {
  const { words } = useLanguage();
  const whyNot = useWhyNot(of);
  const { commands, document } = useCommands();
  const [chosen, setChosen] = useState<CommandOffered>();
  const legal = new Set(of.legal);
  const possible = commands.filter(({ name }) => legal.has(name));
  const others = commands.filter(({ name }) => !legal.has(name));
  return (
    <>
      <div className={styles.commands}>
        {possible.map((command) => (
          <Button key={command.name} disabled={disabled} onClick={() => setChosen(command)} title={command.summary}>
            {term(words.command, command.name)}
          </Button>
        ))}
        {legal.has('AddAttachment') && (
          <AttachmentUpload caseId={of.caseId} disabled={disabled} onWritten={onWritten} />
        )}
      </div>
      {document && legal.size === 0 && <p className={styles.none}>{words.case.noneLegal}</p>}
      {others.length > 0 && (
        <details className={styles.others}>
          <summary>
            {words.case.notNow} ({others.length})
          </summary>
          <div className={styles.commands}>
            {others.map((command) => (
              <Tooltip key={command.name} title={whyNot(command)}>
                <span tabIndex={0} className={styles.notNow}>
                  {term(words.command, command.name)}
                  <span className={styles.whyNot}>{whyNot(command)}</span>
                </span>
              </Tooltip>
            ))}
          </div>
        </details>
      )}
      {chosen && document && !disabled && (
        <CommandDrawer
          key={chosen.name}
          command={chosen}
          document={document}
          of={of}
          onClose={() => setChosen(undefined)}
          onWritten={onWritten}
        />
      )}
    </>
  );
}

function useWhyNot(of: CaseShown): (command: CommandOffered) => string {
  const { words } = useLanguage();
  const { me } = useSession();
  return ({ roles }) =>
    roles.length > 0 && !roles.includes(me.role)
      ? words.case.onlyFor(roles.map((role) => term(words.role, role)).join(' · '))
      : words.case.notWhile(term(words.phase, of.phase));
}
