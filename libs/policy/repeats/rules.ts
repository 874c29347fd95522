import { createHash } from 'node:crypto';
import { plusMs, type Instant } from '#kernel';
import type { Policy } from '../policy.js';
import type { RepeatRule } from '../schema/intake.js';
import type { Normaliser } from './normalise.js';

const DAY_MS = 86_400_000;

/** What makes cases the same by a rule: rules of several versions of a pack that agree in it share their keys. */
export interface Sameness {
  /** Follows from all that is compared, and how. */
  readonly id: string;
  readonly kinds: readonly string[];
  readonly same: readonly string[];
  /** How the fields among them are made alike. */
  readonly normalisers: ReadonlyMap<string, Normaliser>;
  readonly afterHandling: boolean;
}

/** A rule of one version of a pack, ready to match by. */
export interface PreparedRepeat {
  readonly rule: RepeatRule;
  readonly sameness: Sameness;
  /** The last instant that lies in a window that begins at the given one. */
  readonly windowEnd: (from: Instant) => Instant;
  /** No window is longer; undefined where there is no end to it. */
  readonly reachMs: number | undefined;
}

const NEVER = '9999-12-31T23:59:59.999Z';

/** The rules of R-1 of every version of every pack that is known. */
export class RepeatRules {
  private readonly byVersion = new Map<string, readonly PreparedRepeat[]>();
  private readonly byPack = new Map<string, Map<string, Sameness>>();
  /** Follows from all samenesses: where it is another, keys must be made anew. At most 31 bits, which SQL keeps as an integer. */
  readonly fingerprint: number;

  constructor(policies: readonly Policy[]) {
    for (const policy of policies) {
      const prepared = policy.repeats.map((rule) => prepare(rule, policy));
      this.byVersion.set(versionKey(policy.id, policy.version), prepared);
      const known = this.byPack.get(policy.id) ?? new Map<string, Sameness>();
      for (const { sameness } of prepared) known.set(sameness.id, sameness);
      this.byPack.set(policy.id, known);
    }
    const ids = [...this.byPack].flatMap(([pack, known]) => [...known.keys()].map((id) => `${pack} ${id}`)).sort();
    this.fingerprint = createHash('sha256').update(ids.join('\n')).digest().readUInt32BE(0) >>> 1;
  }

  /** All that cases of the pack are compared by, by whatever version of it. */
  samenessesOf(pack: string): readonly Sameness[] {
    return [...(this.byPack.get(pack)?.values() ?? [])];
  }

  /** The rules of a case: those of the version that rules it. */
  rulesOf(pack: string, version: string, samenessId: string): readonly PreparedRepeat[] {
    return this.byVersion.get(versionKey(pack, version))?.filter(({ sameness }) => sameness.id === samenessId) ?? [];
  }

  knows(pack: string, version: string): boolean {
    return this.byVersion.has(versionKey(pack, version));
  }

  /** How far any rule with this sameness reaches. */
  reachOf(samenessId: string): number | undefined {
    const all = [...this.byVersion.values()].flat().filter(({ sameness }) => sameness.id === samenessId);
    return all.some(({ reachMs }) => reachMs === undefined) ? undefined : Math.max(0, ...all.map((it) => it.reachMs!));
  }
}

const versionKey = (pack: string, version: string): string => `${pack}\0${version}`;

function prepare(rule: RepeatRule, policy: Policy): PreparedRepeat {
  const normalisers = new Map(
    rule.same.flatMap((name): [string, Normaliser][] => {
      const field = policy.fields.find(({ id }) => name === `field.${id}`);
      return field === undefined ? [] : [[field.id, field.match ?? 'exact']];
    }),
  );
  const kinds = [...rule.kinds].sort();
  const same = [...new Set(rule.same)].sort();
  const { afterHandling } = rule;
  const said = JSON.stringify([policy.id, kinds, same, [...normalisers].sort(), afterHandling]);
  const id = createHash('sha256').update(said).digest('base64url').slice(0, 12);
  return { rule, sameness: { id, kinds, same, normalisers, afterHandling }, ...windowOf(rule, policy) };
}

function windowOf(rule: RepeatRule, policy: Policy): Pick<PreparedRepeat, 'windowEnd' | 'reachMs'> {
  const window = policy.windowOf(rule);
  if (window === undefined) return { windowEnd: () => NEVER, reachMs: undefined };
  const { budget, after } = window;
  if (budget.measure === 'elapsed') {
    const { durationMs } = budget;
    return { windowEnd: (from) => plusMs(from, durationMs), reachMs: durationMs };
  }
  // The longest month, and the hour by which a summer time may lengthen it.
  return { windowEnd: after, reachMs: budget.measure === 'months' ? (budget.months * 31 + 1) * DAY_MS : undefined };
}
