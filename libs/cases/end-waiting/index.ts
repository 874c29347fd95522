import { accept } from '#kernel';
import { refuseMove } from '../domain/index.js';
import { CaseCommand, decider } from '../command.js';

/** K-7: who was waited for has acted: handling goes on. */
export class EndWaiting extends CaseCommand {}

export const endWaiting = decider<EndWaiting>('EndWaiting', (_command, state, facts) =>
  state.phase === 'waiting'
    ? accept([{ type: 'WaitingEnded', data: { waitedFor: state.waitingFor } }])
    : refuseMove('NOT_WAITING', state, facts),
);
