import type { AssessmentCaseRow, AssessmentRow } from './assessment/tables.js';
import type { BoardRow, CaseTermRow, CaseTextRow } from './case-board/tables.js';
import type { TimelineRow } from './case-timeline/tables.js';
import type { CountedCaseRow, CountRow } from './counts/tables.js';
import type { CustomerCaseRow } from './customer-cases/tables.js';
import type {
  CustomerDutyRow,
  CustomerKeyRow,
  CustomerRow,
  CustomerTermRow,
  CustomerTextRow,
  CustomerVisitRow,
} from './customers/tables.js';
import type { DeadlineCaseRow, DeadlineRow } from './deadlines/tables.js';
import type { RepeatCaseRow, RepeatChangeRow, RepeatKeyRow } from './repeats/tables.js';

/** The tables that queries see; which generation stands behind a name is the runner's affair. */
export interface ViewsSchema {
  case_board: BoardRow;
  case_text: CaseTextRow;
  case_term: CaseTermRow;
  case_timeline: TimelineRow;
  deadline: DeadlineRow;
  deadline_case: DeadlineCaseRow;
  case_count: CountRow;
  counted_case: CountedCaseRow;
  assessment: AssessmentRow;
  assessment_case: AssessmentCaseRow;
  repeat_case: RepeatCaseRow;
  repeat_key: RepeatKeyRow;
  repeat_change: RepeatChangeRow;
  customer: CustomerRow;
  customer_key: CustomerKeyRow;
  customer_visit: CustomerVisitRow;
  customer_duty: CustomerDutyRow;
  customer_text: CustomerTextRow;
  customer_term: CustomerTermRow;
  customer_case: CustomerCaseRow;
}
