import type { EventReader } from '#event-store';
import { openEmbeddedEventReader } from '#event-store/embedded';

/** Where the log is kept: in the EventStoreDB that is named, else in the data folder. */
export interface LogPlace {
  readonly folder: string;
  readonly eventStoreUrl: string | undefined;
}

/** What reads the log beside whoever writes it. @throws AccessDenied, StoreUnavailable, InvalidArgument */
export async function openLogReader({ folder, eventStoreUrl }: LogPlace): Promise<EventReader> {
  if (eventStoreUrl === undefined) return openEmbeddedEventReader({ folder });
  // Its libraries are loaded only where it is wanted.
  const { openEventStoreDb } = await import('#event-store/eventstoredb');
  return openEventStoreDb(eventStoreUrl);
}
