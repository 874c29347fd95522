import { groupPack, RepeatRules } from '#policy';

/** What cases are compared by, the same in the thread that keys them and in the one that matches. */
export const repeatRules = (): RepeatRules => new RepeatRules([groupPack()]);

/** The secret of the vault under which what is compared is hashed. */
export const REPEATS_SECRET = 'repeats';
