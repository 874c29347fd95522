import { accept } from '#kernel';
import { decider, freeText, TextCommand } from '../command.js';
import { TextField } from '../fields.js';

/** Something worth keeping that is no event of its own. */
export class AddNote extends TextCommand {
  @TextField()
  text!: string;
}

/** Result: `noteId`. */
export const addNote = decider<AddNote>('AddNote', (command, state, facts) => {
  const noteId = facts.newId();
  const personal = { text: freeText(command, state, facts)(command.text) };
  return accept([{ type: 'NoteAdded', data: { noteId }, personal }], { noteId });
});
