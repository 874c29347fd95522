import { accept } from '#kernel';
import { CaseCommand, decider } from '../command.js';

/** EVENTS.md 12: a timer only asks to settle, which happens before every command anyway. */
export class SettleCase extends CaseCommand {}

export const settleCase = decider<SettleCase>('SettleCase', () => accept([]));
