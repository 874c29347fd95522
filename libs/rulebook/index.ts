export { Rulebook, UnknownPack, type RulebookPorts } from './rulebook.js';
export { RulesOnRecord, type RulesOnRecordPorts } from './rules-on-record.js';
export type { Opening, PublishedVersion, Register } from './register.js';
export { byEngine, type GivenPack, type Origin } from './publisher.js';
export { inForceAt, type AnnouncedVersion, type Notice } from './policies/policy-stream.js';
export type { Publication } from './calendars/calendar-stream.js';
export { readGivenYears, type GivenYears, type Years } from './calendars/given-years.js';
