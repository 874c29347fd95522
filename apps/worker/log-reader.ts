import type { EventReader } from '#event-store';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_FILE, openEmbeddedEventReader } from '#event-store/embedded';
import { LogNotThere, refuseElsewhere } from './log-mark.js';

/** Where the log is kept: in the EventStoreDB that is named, else in the data folder. */
export interface LogPlace {
  readonly folder: string;
  readonly eventStoreUrl: string | undefined;
}

/** What reads the log beside whoever writes it. @throws LogNotThere, AccessDenied, StoreUnavailable, InvalidArgument */
export async function openLogReader({ folder, eventStoreUrl }: LogPlace): Promise<EventReader> {
  if (eventStoreUrl === undefined) {
    refuseElsewhere(folder);
    if (!existsSync(join(folder, LOG_FILE)))
      throw new LogNotThere('NO_LOG', `${folder} holds no ${LOG_FILE}: name the data folder (REDRESS_DATA).`);
    return openEmbeddedEventReader({ folder });
  }
  // Its libraries are loaded only where it is wanted.
  const { openEventStoreDb } = await import('#event-store/eventstoredb');
  return openEventStoreDb(eventStoreUrl);
}
