import type { AssessmentCaseRow, AssessmentRow } from './assessment/tables.js';
import type { BoardRow, CaseTermRow, CaseTextRow } from './case-board/tables.js';
import type { TimelineRow } from './case-timeline/tables.js';
import type { CountedCaseRow, CountRow } from './counts/tables.js';
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
  repeat_case: RepeatCaseRow;
  repeat_key: RepeatKeyRow;
  repeat_change: RepeatChangeRow;
  assessment: AssessmentRow;
  assessment_case: AssessmentCaseRow;
}
