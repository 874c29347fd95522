import { accept } from '#kernel';
import { decider } from './command.js';

/** Sent by the timer: what is due is settled before it, and nothing else is done (EVENTS.md 12). */
export const settleCustomer = decider<object>('SettleCustomer', () => accept([]));

export interface EndVisit {
  readonly visitId: string;
  readonly outcome: 'made' | 'declined' | 'withdrawn';
}

/** The case that a visit is has come to its end. One that the file does not wait for changes nothing. */
export const endVisit = decider<EndVisit>('EndVisit', ({ visitId, outcome }, { visits }) =>
  accept(
    visits.some((it) => it.visitId === visitId && it.state === 'open')
      ? [{ type: 'VisitEnded', data: { visitId, outcome } }]
      : [],
  ),
);
