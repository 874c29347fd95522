import { ALL } from '../../checks.js';
import type { GroupFilter, GroupName, GroupSettings } from '../../consumer-groups.js';
import { GroupRefused } from '../../errors.js';

/** Inclusive: a revision, or for `$all` a position. */
export type StartFrom = 'start' | 'end' | number;

/** What a group is made of. */
export interface GroupDefinition extends GroupName {
  readonly startFrom: StartFrom;
  readonly filter?: GroupFilter;
  readonly settings: GroupSettings;
}

/** @throws GroupRefused where EventStoreDB would not have the group */
export function checkDefinition({ stream, group, startFrom, settings }: GroupDefinition, head: number): void {
  if (stream === '') throw new GroupRefused(stream, group, 'Bad stream name.');
  if (settings.readBatchSize >= settings.historyBufferSize) {
    throw new GroupRefused(stream, group, 'ReadBatchSize may not be greater than or equal to BufferSize');
  }
  if (stream === ALL && typeof startFrom === 'number' && startFrom > head) {
    const reason =
      'Invalid Start From position: commit position must be less than or equal to the last commit position in the transaction file.';
    throw new GroupRefused(stream, group, reason);
  }
}
