import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instant, laterOf, parseInstant, SystemClock, TestClock, type Clock, type Instant } from '#kernel';
import { writeWhole } from './whole-file.js';

/** Where a test clock stood last: a server that starts again goes on from there. */
const STANDING_FILE = 'test-clock';

/** A test clock whose standing survives a restart. */
export interface MovableClock {
  readonly clock: TestClock;
  /** @throws RangeError when asked to go back */
  moveTo(at: Instant): void;
}

export interface LogClock {
  readonly clock: Clock;
  readonly system: SystemClock | undefined;
  readonly test: MovableClock | undefined;
}

/** The machine's clock, or the test clock of a folder; which of them a log takes its opening says (see `openEventLog`). */
export function openClock(folder: string, testClock: Instant | 'now' | undefined): LogClock {
  if (testClock !== undefined) return movable(folder, testClock);
  const system = new SystemClock();
  return { clock: system, system, test: undefined };
}

function movable(folder: string, wanted: Instant | 'now'): LogClock {
  const stood = standing(folder);
  const start = wanted === 'now' ? (stood ?? instant(Date.now())) : laterOf(stood ?? wanted, wanted);
  const clock = new TestClock(start);
  const moveTo = (at: Instant): void => {
    clock.moveTo(at);
    writeWhole(join(folder, STANDING_FILE), at);
  };
  moveTo(start);
  return { clock, system: undefined, test: { clock, moveTo } };
}

function standing(folder: string): Instant | undefined {
  try {
    return parseInstant(readFileSync(join(folder, STANDING_FILE), 'utf8').trim());
  } catch {
    return undefined;
  }
}
