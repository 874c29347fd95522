import { RepeatRules } from '#policy';
import type { Register } from '#rulebook';

/** The view that keys cases by what they are compared by. */
export const REPEATS_VIEW = 'repeats';
/** The secret of the vault under which what is compared is hashed. */
export const REPEATS_SECRET = 'repeats';
const RETRY_MS = 1000;

/**
 * What cases are compared by: the rules of every version of every pack on record, the same in the thread that keys them and in
 * the one that matches. They follow from the log alone, so that a view made from nothing is keyed as the live one.
 */
export class RepeatRulesOnRecord {
  private known = new RepeatRules([]);
  private count = 0;
  private seen: number;

  constructor(private readonly register: Register) {
    this.seen = this.rules.fingerprint;
  }

  /** As they stand now. Versions are added and never taken away: their number tells whether there are new ones. */
  get rules(): RepeatRules {
    const policies = [...this.register.versions().values()].flat().map(({ policy }) => policy);
    if (policies.length > this.count) {
      this.known = new RepeatRules(policies);
      this.count = policies.length;
    }
    return this.known;
  }

  /** Makes the keys anew where cases are compared by something else since the last time; again until it has begun. */
  whenOther(rekey: () => Promise<unknown>): void {
    const { fingerprint } = this.rules;
    if (fingerprint === this.seen) return;
    this.seen = fingerprint;
    const begin = (): void => void rekey().catch(() => setTimeout(begin, RETRY_MS).unref());
    begin();
  }
}
