import { accept } from '#kernel';
import { CaseCommand, decider } from '../command.js';
import { IntField } from '../fields.js';

/** papers are archived by year. */
export class ArchiveCase extends CaseCommand {
  @IntField({ min: 1900, max: 9999 })
  year!: number;
}

export const archiveCase = decider<ArchiveCase>('ArchiveCase', ({ year }) =>
  accept([{ type: 'CaseArchived', data: { year } }]),
);
