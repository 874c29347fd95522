// From definition to deadline: a definition is read and made ready, a budget is counted on it, and every count explains itself.
export type { CalendarDefinition, Hours } from './definition.js';
export type { Weekday } from './local-day.js';
export { prepareCalendar, type Calendar } from './calendar.js';
export { SNAPSHOTS, type Snapshot } from './snapshots/index.js';
export { SHIPPED_CALENDARS } from './shipped.js';
export { parseBudget, parsePackBudget, type Budget } from './budget.js';
export { deadline, elapsed, type Deadline, type Elapsed } from './deadline.js';
export { explainDeadline, explainElapsed, type Explanation, type Segment } from './explanation.js';
export { addBusiness, between } from './business.js';
export { isOpen, lastOpen, nextOpening, previousOpening } from './open-time.js';
export { workingDaysBetween, workingDaysOfYear } from './working-days.js';
export type { Pause } from './pauses.js';
export { daysBetween } from './days.js';
export { parseDate } from './local-day.js';
export { DEFAULT_ZONE, instantIn, isZone } from './dates.js';
