import { loadPack, RepeatRules, shippedPacks } from '#policy';

/** What cases are compared by, the same in the thread that keys them and in the one that matches: packs as shipped. */
export const repeatRules = (): RepeatRules =>
  new RepeatRules(shippedPacks().map(({ text, fileName }) => loadPack(text, fileName)));

/** The secret of the vault under which what is compared is hashed. */
export const REPEATS_SECRET = 'repeats';
