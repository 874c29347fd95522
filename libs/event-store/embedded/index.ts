export {
  EmbeddedEventStore,
  openEmbeddedEventReader,
  openEmbeddedEventStore,
  type EmbeddedStoreOptions,
} from './store.js';
export { EmbeddedEventReader, LOG_FILE, type BatchReader, type EmbeddedReaderOptions } from './reader.js';
export { markAsTestLog, readLogProperties, renameLog } from './properties.js';
export { FolderInUse, holdFile } from './lock.js';
export type { LogProperties } from './schema.js';
export type { TextEvent } from './rows.js';
