export * from './vocabulary.js';
export type { CaseAsked, Occurrence } from './conditions.js';
export * from './calendars.js';
export type { Reckoned, Span } from './reckoning.js';
export * from './policy.js';
export * from './load.js';
export * from './shipped.js';
export * from './repeats/index.js';
export { packJsonSchema, type Category, type SeverityRule } from './schema/pack.js';
export * from './differences.js';
export type { ClockRule, EscalationRule } from './schema/clock.js';
export type { CustomerRules, CustomersWho, FileDuty } from './schema/customers.js';
export { Notices } from './notices.js';
export {
  NOTICE_CHANNELS,
  PLACEHOLDERS,
  type NoticeChannel,
  type NoticeRule,
  type Placeholder,
} from './schema/notifications.js';
export type { NoticeTemplate, Words } from './schema/notifications.js';
export {
  NORMALISERS,
  type FormRule,
  type PackField,
  type RepeatRule,
  type Requirement,
  type RoutineVisit,
  type StepRule,
} from './schema/intake.js';
