import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markAsTestLog, openEmbeddedEventReader, readLogProperties } from '#event-store/embedded';
import { instant, laterOf, parseInstant, SystemClock, TestClock, type Clock, type Instant } from '#kernel';
import { WrongSettings } from './settings.js';

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

/**
 * The clock of the log in a folder, before the log is opened. A log written under a test clock is marked for good and
 * refused without one; a log written under real time takes no test clock (EVENTS.md 20).
 * @throws WrongSettings
 */
export async function openClock(folder: string, testClock: Instant | 'now' | undefined): Promise<LogClock> {
  const properties = readLogProperties({ folder });
  if (testClock === undefined) {
    if (properties?.testLog === true) {
      throw new WrongSettings(
        'This log was written under a test clock: start with REDRESS_TEST_CLOCK=1, or on another folder.',
      );
    }
    const system = new SystemClock();
    return { clock: system, system, test: undefined };
  }
  if (properties?.testLog !== true) {
    if (properties !== undefined && (await holdsEvents(folder))) {
      throw new WrongSettings('This log was written under real time: REDRESS_TEST_CLOCK needs an empty folder.');
    }
    markAsTestLog({ folder });
  }
  return movable(folder, testClock);
}

function movable(folder: string, wanted: Instant | 'now'): LogClock {
  const stood = standing(folder);
  const start = wanted === 'now' ? (stood ?? instant(Date.now())) : laterOf(stood ?? wanted, wanted);
  const clock = new TestClock(start);
  const moveTo = (at: Instant): void => {
    clock.moveTo(at);
    const file = join(folder, STANDING_FILE);
    writeFileSync(`${file}.new`, at);
    renameSync(`${file}.new`, file);
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

async function holdsEvents(folder: string): Promise<boolean> {
  const reader = openEmbeddedEventReader({ folder });
  try {
    return (await reader.head()) !== undefined;
  } finally {
    await reader.close();
  }
}
