import type { Logger } from 'pino';
import { AccessDenied, InvalidArgument, StoreUnavailable, type EventStore } from '#event-store';
import {
  markAsTestLog,
  openEmbeddedEventReader,
  openEmbeddedEventStore,
  readLogProperties,
} from '#event-store/embedded';
import type { EventStoreDb } from '#event-store/eventstoredb';
import { markElsewhere, refuseElsewhere, refuseHere } from '../../worker/log-mark.js';
import { WrongSettings, type Settings } from '../start-up/settings.js';

/** Milliseconds. Containers are started in any order: a server that is not there yet is given so long. */
export interface Patience {
  readonly forMs: number;
  readonly attemptMs: number;
}

const PATIENCE: Patience = { forMs: 60_000, attemptMs: 5_000 };

type LogSettings = Pick<Settings, 'folder' | 'eventStoreUrl' | 'testClock'>;

/**
 * The log of the settings, for writing. One that was written under a test clock is marked for good and refused without one; one
 * that was written under real time takes no test clock (EVENTS.md 20).
 * @throws WrongSettings; LogNotThere where folder and settings disagree; AccessDenied on wrong credentials; StoreUnavailable where nobody answers for a minute
 */
export async function openEventLog(settings: LogSettings, logger: Logger, patience = PATIENCE): Promise<EventStore> {
  const { folder, eventStoreUrl, testClock } = settings;
  const isTest = testClock !== undefined;
  if (eventStoreUrl === undefined) {
    refuseElsewhere(folder);
    await markOrRefuse(folder, isTest);
    const onFault = (error: unknown): void => logger.error({ err: error }, 'a consumer group failed');
    return openEmbeddedEventStore({ folder, onFault });
  }
  refuseHere(folder);
  const store = await awaitEventStore(eventStoreUrl, isTest, logger, patience);
  if (store.testLog === isTest) {
    markElsewhere(folder, eventStoreUrl);
    return store;
  }
  await store.close();
  throw store.testLog ? writtenUnderTestClock() : writtenUnderRealTime();
}

async function awaitEventStore(
  url: string,
  testLog: boolean,
  logger: Logger,
  { forMs, attemptMs }: Patience,
): Promise<EventStoreDb> {
  const { openEventStoreDb } = await import('#event-store/eventstoredb');
  let isTold = false;
  for (const untilMs = Date.now() + forMs; ;) {
    try {
      return await openEventStoreDb(url, { testLog, openForMs: attemptMs });
    } catch (error) {
      if (error instanceof InvalidArgument) throw new WrongSettings(`EVENTSTOREDB_URL is wrong: ${error.message}`);
      if (error instanceof AccessDenied) throw new AccessDenied(`EVENTSTOREDB_URL: ${error.message}${unsent(url)}`);
      if (!(error instanceof StoreUnavailable)) throw error;
      const unavailable = new StoreUnavailable(`EVENTSTOREDB_URL: ${error.message}`, false, { cause: error });
      if (Date.now() >= untilMs) throw unavailable;
      if (!isTold) logger.warn({ code: error.code }, `${unavailable.message} Waiting up to ${forMs / 1000} s for it.`);
      isTold = true;
    }
  }
}

/** Clients send credentials over TLS only. */
const unsent = (url: string): string =>
  url.includes('@') && /[?&]tls=false/.test(url) ? ' With tls=false no credentials are sent.' : '';

async function markOrRefuse(folder: string, isTest: boolean): Promise<void> {
  const properties = readLogProperties({ folder });
  if (properties?.testLog === true) {
    if (!isTest) throw writtenUnderTestClock();
  } else if (isTest) {
    if (properties !== undefined && (await holdsEvents(folder))) throw writtenUnderRealTime();
    markAsTestLog({ folder });
  }
}

const writtenUnderTestClock = (): WrongSettings =>
  new WrongSettings('This log was written under a test clock: start with REDRESS_TEST_CLOCK=1, or on another folder.');

const writtenUnderRealTime = (): WrongSettings =>
  new WrongSettings('This log was written under real time: REDRESS_TEST_CLOCK needs an empty folder.');

async function holdsEvents(folder: string): Promise<boolean> {
  const reader = openEmbeddedEventReader({ folder });
  try {
    return (await reader.head()) !== undefined;
  } finally {
    await reader.close();
  }
}
