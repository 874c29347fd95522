import { accept, isRefusal } from '#kernel';
import { CaseCommand, decider } from '../command.js';
import { recomputed } from '../domain/index.js';

/** K-10: a holiday calendar was published; what was provisional without it is counted again. */
export class RecomputeDeadlines extends CaseCommand {}

export const recomputeDeadlines = decider<RecomputeDeadlines>(
  'RecomputeDeadlines',
  (_command, state, { policy, at }) => {
    const events = recomputed(state, policy, at);
    return isRefusal(events) ? events : accept(events);
  },
);
