import { Button, Tooltip } from 'antd';
import { useSession } from '../frame/session.tsx';
import type { CaseShown } from '../http/shapes.ts';
import { inLanguage, term, useLanguage } from '../language/language.tsx';
import { AttachmentUpload } from './attachment-upload.tsx';
import { CommandDrawer } from './command-drawer.tsx';
import styles from './command.module.css';
import { useCommands, type CommandOffered } from './open-api.ts';

/** The command whose form is open, and what is known of its fields already. */
export interface CommandChosen {
  readonly name: string;
  readonly initial?: Readonly<Record<string, unknown>>;
}

interface CommandPanelProps {
  readonly of: CaseShown;
  /** While the past is shown nothing may be done. */
  readonly disabled: boolean;
  readonly chosen: CommandChosen | undefined;
  readonly onChoose: (chosen: CommandChosen | undefined) => void;
  readonly onWritten: (atLeast?: string) => void;
}

/** What may be done to a case now, and, greyed, what not and why. */
export function CommandPanel({ of, disabled, chosen, onChoose, onWritten }: CommandPanelProps) {
  const { words } = useLanguage();
  const { commands, document } = useCommands('cases');
  const legal = new Set(of.legal);
  // Forms have a place of their own, where each is filled with its own fields.
  const offered = commands.filter(({ name }) => name !== 'FillForm');
  const open = commands.find(({ name }) => name === chosen?.name);
  return (
    <>
      <div className={styles.commands}>
        {offered
          .filter(({ name }) => legal.has(name))
          .map((command) => (
            <Button
              key={command.name}
              disabled={disabled}
              onClick={() => onChoose({ name: command.name })}
              title={command.summary}
            >
              {term(words.command, command.name)}
            </Button>
          ))}
        {legal.has('AddAttachment') && (
          <AttachmentUpload caseId={of.caseId} disabled={disabled} onWritten={onWritten} />
        )}
      </div>
      {document && legal.size === 0 && <p className={styles.none}>{words.case.noneLegal}</p>}
      <NotNow commands={offered.filter(({ name }) => !legal.has(name))} of={of} />
      {chosen && open && document && !disabled && (
        <CommandDrawer
          key={open.name}
          to={`/cases/${of.caseId}/${open.path}`}
          etag={of.etag}
          title={term(words.command, open.name)}
          command={open}
          document={document}
          of={of}
          initial={chosen.initial}
          onClose={() => onChoose(undefined)}
          onWritten={onWritten}
        />
      )}
    </>
  );
}

function NotNow({ commands, of }: { readonly commands: readonly CommandOffered[]; readonly of: CaseShown }) {
  const { words } = useLanguage();
  const whyNot = useWhyNot(of);
  if (commands.length === 0) return null;
  return (
    <details className={styles.others}>
      <summary>
        {words.case.notNow} ({commands.length})
      </summary>
      <div className={styles.commands}>
        {commands.map((command) => (
          <Tooltip key={command.name} title={whyNot(command)} trigger={['hover', 'focus']}>
            <span tabIndex={0} className={styles.notNow}>
              {term(words.command, command.name)}
              <span className={styles.whyNot}>{whyNot(command)}</span>
            </span>
          </Tooltip>
        ))}
      </div>
    </details>
  );
}

/** The engine's own reason; a command that is not among the moves is for other roles. */
function useWhyNot(of: CaseShown): (command: CommandOffered) => string {
  const { words, language } = useLanguage();
  const { me } = useSession();
  return ({ name, roles }) => {
    const move = of.moves.find(({ command }) => command === name);
    if (move === undefined && roles.length > 0 && !roles.includes(me.role)) {
      return words.case.onlyFor(roles.map((role) => term(words.role, role)).join(' · '));
    }
    if (move?.code === undefined) return words.case.notWhile(term(words.phase, of.phase));
    const reasons = (move.obstacles ?? [{ code: move.code }]).map(({ code, label, rule }) =>
      label === undefined
        ? term(words.whyNot, code)
        : `${words.asksFirst}${words.colon}${inLanguage(label, language)} (${rule})`,
    );
    return reasons.join(words.listSemicolon);
  };
}
