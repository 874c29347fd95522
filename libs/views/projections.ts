import type { Projection } from '#sql';
import { assessmentProjection } from './assessment/projection.js';
import { caseBoardProjection } from './case-board/projection.js';
import { caseTimelineProjection } from './case-timeline/projection.js';
import { countsProjection } from './counts/projection.js';
import { deadlinesProjection } from './deadlines/projection.js';

/** Every view there is: adding a question is adding its folder and this line. */
export const PROJECTIONS: readonly Projection[] = [
  caseBoardProjection,
  caseTimelineProjection,
  deadlinesProjection,
  countsProjection,
  assessmentProjection,
];
