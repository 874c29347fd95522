// libs/cases/answer.ts
import { problem } from '../../apps/api/problems.js';

export const answer = problem;
