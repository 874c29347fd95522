// libs/policy/evaluate.ts
import type { CaseState } from '#cases';

export type Judged = CaseState;
