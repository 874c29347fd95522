// libs/cases/store.ts
import { openEmbeddedEventStore } from '#event-store/embedded';

export const open = openEmbeddedEventStore;
