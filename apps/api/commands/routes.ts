import { CASE_COMMANDS, type CaseCommandEntry } from '#cases';

/** A command that has a route of its own. */
export interface CommandRoute {
  readonly definition: CaseCommandEntry;
  /** Below `/cases`. */
  readonly path: string;
  readonly creates: boolean;
}

/** The command that opens a case: `POST /cases`. */
export const OPENING_COMMAND = 'ReceiveCase';

/** Its way is the upload that carries the file itself. */
const UPLOADED = 'AddAttachment';

/** `GiveReply` → `give-reply`, `AssignCase` → `assign`, `MoveCaseToPolicy` → `move-to-policy`. */
export const commandPath = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/-case(?=-|$)/, '');

export const COMMAND_ROUTES: readonly CommandRoute[] = CASE_COMMANDS.filter(
  ({ name, internal }) => !internal && name !== UPLOADED,
).map((definition) => {
  const creates = definition.name === OPENING_COMMAND;
  return { definition, creates, path: creates ? '' : `:id/${commandPath(definition.name)}` };
});
