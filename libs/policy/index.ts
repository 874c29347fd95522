export * from './vocabulary.js';
export * from './policy.js';
export * from './load.js';
export * from './shipped.js';
export type { Category, Clock as ClockRule, ClockTrigger, SeverityRule } from './schema.js';
