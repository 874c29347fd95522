import { readFileSync } from 'node:fs';
import { comparePositions, parsePositionToken, positionToken, type Position } from '#kernel';
import { writeWhole } from '../engine/whole-file.js';

/** How far an automation has come, in a file of the data folder. */
export interface CheckpointFile {
  read(): Position | undefined;
  write(reached: Position): void;
}

/**
 * A checkpoint that may be lost: an automation whose work is recognised starts again and loses time only. One of another log, or
 * ahead of the log as it was when it was opened (a restored backup), counts for nothing.
 */
export function checkpointFile(file: string, epoch: string, head: Position): CheckpointFile {
  let position = readFrom(file, epoch, head);
  return {
    read: () => position,
    write: (reached) => {
      writeWhole(file, positionToken(epoch, reached));
      position = reached;
    },
  };
}

function readFrom(file: string, epoch: string, head: Position): Position | undefined {
  try {
    const found = parsePositionToken(epoch, readFileSync(file, 'utf8').trim());
    return typeof found === 'string' || comparePositions(found, head) > 0 ? undefined : found;
  } catch {
    return undefined;
  }
}
