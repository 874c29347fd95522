import type { Condition, Occurrence } from './conditions.js';
import type { ClockRule, EscalationRule, Trigger } from './schema/clock.js';
import type { Pack } from './schema/pack.js';

/** What an event does to a run of a clock. */
export type ClockEffect = 'met' | 'cancelled' | 'paused' | 'resumed';

const EFFECTS = [
  ['metBy', 'met'],
  ['cancelledBy', 'cancelled'],
  ['pausedBy', 'paused'],
  ['resumedBy', 'resumed'],
] as const satisfies readonly (readonly [keyof ClockRule, ClockEffect])[];

/** Something that an event of one type may do: always, or where one of the conditions holds. */
interface Possibly<T> {
  readonly what: T;
  /** Undefined: always. */
  readonly whens: readonly Condition[] | undefined;
}

interface OfType {
  readonly startsOn: Possibly<ClockRule>[];
  readonly restartsOn: Possibly<ClockRule>[];
  readonly effects: Map<string, Possibly<ClockEffect>[]>;
  readonly escalations: Possibly<EscalationRule>[];
}

/** What a pack has events do, by the type of the event: one that does nothing costs one look into a map. */
export class Triggers {
  private readonly byType = new Map<string, OfType>();

  constructor({ clocks, escalations }: Pick<Pack, 'clocks' | 'escalations'>) {
    for (const clock of clocks) {
      this.each(clock.startsOn, clock, (of) => of.startsOn);
      this.each(clock.restartsOn, clock, (of) => of.restartsOn);
      for (const [list, effect] of EFFECTS) this.each(clock[list], effect, (of) => effectsOn(of, clock.id));
    }
    for (const rule of escalations) this.each(rule.on, rule, (of) => of.escalations);
  }

  clocksStartedBy(occurrence: Occurrence, which: 'startsOn' | 'restartsOn'): readonly ClockRule[] {
    const started = chosen(this.byType.get(occurrence.type)?.[which], occurrence);
    return started.length === 0 ? NOTHING : started.filter(({ when }) => when === undefined || when.holds(occurrence));
  }

  effectOn(clockId: string, occurrence: Occurrence): ClockEffect | undefined {
    const possible = this.byType.get(occurrence.type)?.effects.get(clockId);
    return possible?.find((it) => happens(it, occurrence))?.what;
  }

  escalationsOn(occurrence: Occurrence): readonly EscalationRule[] {
    return chosen(this.byType.get(occurrence.type)?.escalations, occurrence);
  }

  private each<T>(triggers: readonly Trigger[], what: T, into: (of: OfType) => Possibly<T>[]): void {
    for (const type of new Set(triggers.map(({ event }) => event))) {
      const whens = triggers.filter(({ event }) => event === type).map(({ when }) => when);
      const conditions = whens.filter((when) => when !== undefined);
      into(this.ofType(type)).push({ what, whens: conditions.length < whens.length ? undefined : conditions });
    }
  }

  private ofType(type: string): OfType {
    const known = this.byType.get(type);
    if (known !== undefined) return known;
    const made: OfType = { startsOn: [], restartsOn: [], effects: new Map(), escalations: [] };
    this.byType.set(type, made);
    return made;
  }
}

const NOTHING: readonly never[] = [];

function effectsOn({ effects }: OfType, clockId: string): Possibly<ClockEffect>[] {
  const known = effects.get(clockId) ?? [];
  effects.set(clockId, known);
  return known;
}

const happens = ({ whens }: Possibly<unknown>, occurrence: Occurrence): boolean =>
  whens === undefined || whens.some((when) => when.holds(occurrence));

const chosen = <T>(possible: readonly Possibly<T>[] | undefined, occurrence: Occurrence): readonly T[] =>
  possible === undefined ? NOTHING : possible.filter((it) => happens(it, occurrence)).map(({ what }) => what);
