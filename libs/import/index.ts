export * from './historical-case.js';
export * from './read-history.js';
export * from './run-import.js';
export { loadMapping, MappingInvalid, parseMapping, shippedMappings } from './mapping/load.js';
export type { Mapping } from './mapping/schema.js';
export { readCsv } from './sources/csv.js';
export { openSource, type GivenFile } from './sources/open-source.js';
export { reportLine, REPORT_HEADER } from './rejection-report.js';
export { SourceUnreadable, type Row, type SourceItem } from './sources/row.js';
