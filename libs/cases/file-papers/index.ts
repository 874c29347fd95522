import { accept } from '#kernel';
import { CaseCommand, decider } from '../command.js';
import { IdField } from '../fields.js';

/** I-6: the papers of a case handled elsewhere are filed with the service centre. */
export class FilePapers extends CaseCommand {
  @IdField({ description: 'Where they are filed' })
  with!: string;
}

export const filePapers = decider<FilePapers>('FilePapers', (command) =>
  accept([{ type: 'PapersFiled', data: { with: command.with } }]),
);
