export { PROJECTIONS, projectionsWith } from './projections.js';
export type { ViewsSchema } from './schema.js';
export { caseBoardProjection } from './case-board/projection.js';
export { caseBoard, type BoardItem, type BoardPage } from './case-board/query.js';
export type { BoardFilter } from './case-board/filter.js';
export { SORTS as BOARD_SORTS, type BoardRow, type BoardSort } from './case-board/tables.js';
export { caseTimelineProjection } from './case-timeline/projection.js';
export { caseTimeline, type TimelineEntry, type TimelineFilter, type TimelineSources } from './case-timeline/query.js';
export { deadlinesProjection, PROMISE_CLOCK } from './deadlines/projection.js';
export {
  dueBefore,
  deadlinesQuery,
  nextDue,
  provisionalCases,
  type DeadlineFilter,
  type DeadlineItem,
  type DeadlinePage,
} from './deadlines/query.js';
export { DEADLINE_STATES, type DeadlineState } from './deadlines/tables.js';
export { countsProjection } from './counts/projection.js';
export { counts, dueCounts, type Counts, type DueCounts } from './counts/query.js';
export { assessmentProjection } from './assessment/projection.js';
export {
  assessmentQuery,
  latenessByDebtor,
  latenessByUnit,
  type AssessmentFilter,
  type AssessmentItem,
  type AssessmentPage,
  type Lateness,
} from './assessment/query.js';
export { repeatsProjection, type RepeatSources } from './repeats/projection.js';
export {
  casesKeyed,
  casesOfKey,
  changedKeys,
  changesBehind,
  repeatCases,
  type ChangedKey,
  type KeyedCase,
  type RepeatCase,
} from './repeats/query.js';
export { customersProjection } from './customers/projection.js';
export {
  customerList,
  nextCustomerDue,
  customersDue,
  type CustomerFilter,
  type CustomerItem,
  type CustomerPage,
  type WaitingCustomer,
} from './customers/query.js';
export { customerCasesProjection } from './customer-cases/projection.js';
export { customerHistory, openCasesOf, type CustomerCase, type CustomerHistory } from './customer-cases/query.js';
