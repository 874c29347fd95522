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

/** @throws GroupRefused where EventStoreDB would not begin there */
export function checkStart({ stream, group, startFrom }: GroupDefinition, head: number): void {
  if (stream === '') throw new GroupRefused(stream, group, 'Bad stream name.');
  if (stream === ALL && typeof startFrom === 'number' && startFrom > head) {
    const reason =
      'Invalid Start From position: commit position must be less than or equal to the last commit position in the transaction file.';
    throw new GroupRefused(stream, group, reason);
  }
}

/** @throws GroupRefused where EventStoreDB would not have the group; it asks after it looked whether there is one already */
export function checkBuffers({ stream, group, settings }: GroupDefinition): void {
  if (settings.readBatchSize < settings.historyBufferSize) return;
  const reason =
    "Specified argument was out of the range of valid values. (Parameter 'ReadBatchSize may not be greater than or equal to BufferSize')";
  throw new GroupRefused(stream, group, reason);
}
