import type { Projection } from '#sql';
import { assessmentProjection } from './assessment/projection.js';
import { caseBoardProjection } from './case-board/projection.js';
import { caseTimelineProjection } from './case-timeline/projection.js';
import { countsProjection } from './counts/projection.js';
import { customerCasesProjection } from './customer-cases/projection.js';
import { customersProjection } from './customers/projection.js';
import { deadlinesProjection } from './deadlines/projection.js';
import { repeatsProjection, type RepeatSources } from './repeats/projection.js';

/** Every view that follows from the log alone: adding a question is adding its folder and this line. */
export const PROJECTIONS: readonly Projection[] = [
  caseBoardProjection,
  caseTimelineProjection,
  deadlinesProjection,
  countsProjection,
  assessmentProjection,
];

/** Every view there is: what cases are compared by is a matter of the packs, and their hashes of a secret. */
export const projectionsWith = (repeats: RepeatSources): readonly Projection[] => [
  ...PROJECTIONS,
  repeatsProjection(repeats),
  customersProjection(repeats.secret),
  customerCasesProjection(repeats.secret),
];
