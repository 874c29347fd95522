import { join } from 'node:path';
import type { FollowPorts } from '#automations';
import { parsePositionToken, positionToken, type Position } from '#kernel';
import { readCheckpoint, writeCheckpoint, type SqlWriter } from '#sql';
import { checkpointFile } from './checkpoint-file.js';

/** How far an automation has come. */
export interface Checkpoint {
  read(): Position | undefined | Promise<Position | undefined>;
  write(reached: Position): void | Promise<void>;
}

export interface CheckpointPlace {
  readonly folder: string;
  /** The database that processes share, one of which runs the automation. */
  readonly shared: SqlWriter | undefined;
  readonly epoch: string;
  /** Where the log ended when it was opened. */
  readonly head: Position;
}

/** Of one that follows the log, which begins at the start where there is none. */
export function followedFrom(name: string, place: CheckpointPlace): FollowPorts['checkpoint'] {
  const kept = checkpointOf(name, place);
  return { read: async () => (await kept.read()) ?? 'start', write: (reached) => kept.write(reached) };
}

/** In the database that several processes share, else in a file of the data folder (see `checkpointFile`). */
export function checkpointOf(name: string, { folder, shared, epoch, head }: CheckpointPlace): Checkpoint {
  if (shared === undefined) return checkpointFile(join(folder, `${name}.checkpoint`), epoch, head);
  return {
    read: async () => {
      const found = parsePositionToken(epoch, (await readCheckpoint(shared.db, name)) ?? '');
      return typeof found === 'string' ? undefined : found;
    },
    write: (reached) => writeCheckpoint(shared.db, name, positionToken(epoch, reached)),
  };
}
