import { accept } from '#kernel';
import { CaseCommand, decider } from '../command.js';

/** The desk takes the case on: handling begins. */
export class AcceptCase extends CaseCommand {}

export const acceptCase = decider<AcceptCase>('AcceptCase', () => accept([{ type: 'CaseAccepted', data: {} }]));
