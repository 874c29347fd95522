// libs/views/reader.ts
export type Reader = import('#event-store/embedded').EmbeddedReader;
