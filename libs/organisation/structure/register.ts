import type { Instant } from '#kernel';
import type { Absence, Assignment, End, OrganisationState, PostVersion, UnitVersion } from './state.js';

/** What was so `at` an instant, as far as it was on record by `known` (EVENTS.md 14). */
export interface Moment {
  readonly at: Instant;
  readonly known: Instant;
}

/** Who answers for a post: the holder, or who stands in for them. */
export interface Answering {
  readonly assignment: Assignment;
  readonly person: string;
}

/** A post that must have a holder in a unit and has none (O-2). */
export interface Gap {
  readonly unit: string;
  readonly post: string;
}

/** O-1: answers from one state of the organisation's record. Pure; made anew when something was recorded. */
export class Register {
  private readonly unitsById: ReadonlyMap<string, readonly UnitVersion[]>;
  private readonly byPlace: ReadonlyMap<string, readonly Assignment[]>;
  private readonly awayByPerson: ReadonlyMap<string, readonly Absence[]>;

  constructor(readonly state: OrganisationState) {
    this.unitsById = grouped(state.units, ({ unit }) => unit);
    this.byPlace = grouped(state.assignments, ({ post, unit }) => placeOf(post, unit));
    this.awayByPerson = grouped(state.absences, ({ person }) => person);
  }

  /** Whether any unit had been defined by then: an organisation that says nothing of units forbids none. */
  namesUnits(known: Instant): boolean {
    return this.state.units[0] !== undefined && this.state.units[0].recordedAt <= known;
  }

  /** A unit as it is; undefined where there is none, not yet or no more. The change that takes effect last holds. */
  unit(unit: string, { at, known }: Moment): UnitVersion | undefined {
    let held: UnitVersion | undefined;
    for (const version of this.unitsById.get(unit) ?? []) {
      if (version.recordedAt > known || version.from > at) continue;
      if (held === undefined || version.from >= held.from) held = version;
    }
    return held?.closed === true ? undefined : held;
  }

  /** By id. */
  units(moment: Moment): readonly UnitVersion[] {
    return [...this.unitsById.keys()].sort().flatMap((unit) => this.unit(unit, moment) ?? []);
  }

  /** A unit and those above it, itself first; itself alone where it is not known. */
  path(unit: string, moment: Moment): readonly string[] {
    const path = new Set<string>();
    for (let next: string | undefined = unit; next !== undefined && !path.has(next);) {
      path.add(next);
      next = this.unit(next, moment)?.parent;
    }
    return [...path];
  }

  /** The policy pack that a unit works under: its own, or that of the nearest unit above it. */
  packOf(unit: string, moment: Moment): string | undefined {
    for (const it of this.path(unit, moment)) {
      const pack = this.unit(it, moment)?.pack;
      if (pack !== undefined) return pack;
    }
    return undefined;
  }

  post(post: string, known: Instant): PostVersion | undefined {
    return this.state.posts.findLast((it) => it.post === post && it.recordedAt <= known);
  }

  posts(known: Instant): readonly PostVersion[] {
    const ids = [...new Set(this.state.posts.map(({ post }) => post))].sort();
    return ids.flatMap((post) => this.post(post, known) ?? []);
  }

  /** Who holds a post in exactly this place, and who answers for it while they are away. */
  holding(post: string, unit: string | undefined, moment: Moment): readonly Answering[] {
    return (this.byPlace.get(placeOf(post, unit)) ?? [])
      .filter((assignment) => covers(assignment, moment))
      .map((assignment) => ({ assignment, person: this.answeringFor(assignment.person, moment) }));
  }

  /** Every assignment of a place that was ever recorded. */
  assignments(post: string, unit: string | undefined): readonly Assignment[] {
    return this.byPlace.get(placeOf(post, unit)) ?? [];
  }

  absences(person: string): readonly Absence[] {
    return this.awayByPerson.get(person) ?? [];
  }

  /** Who is away. */
  absent(moment: Moment): readonly Absence[] {
    return this.state.absences.filter((absence) => covers(absence, moment));
  }

  /** O-1: the persons who answer for a post of a unit: of the unit, of the nearest unit above it, else organisation-wide. */
  answering(post: string, unit: string | undefined, moment: Moment): readonly string[] {
    const places = unit === undefined ? [undefined] : [...this.path(unit, moment), undefined];
    for (const place of places) {
      const persons = this.holding(post, place, moment).map(({ person }) => person);
      if (persons.length > 0) return [...new Set(persons)];
    }
    return [];
  }

  /** O-2: posts that must be held and are not. */
  gaps(moment: Moment): readonly Gap[] {
    return this.posts(moment.known).flatMap(({ post, neededIn = [] }) =>
      this.units(moment)
        .filter(({ kind }) => neededIn.includes('all') || (kind !== undefined && neededIn.includes(kind)))
        .filter(({ unit }) => this.holding(post, unit, moment).length === 0)
        .map(({ unit }) => ({ unit, post })),
    );
  }

  /** Who stands in while somebody is away, and for them in turn; the person where all of them are away. */
  private answeringFor(person: string, moment: Moment): string {
    const asked = new Set<string>();
    for (let next = person; !asked.has(next);) {
      asked.add(next);
      const away = this.absences(next).find((absence) => covers(absence, moment));
      if (away === undefined) return next;
      next = away.delegate;
    }
    return person;
  }
}

type Lasting = { readonly from: Instant; readonly recordedAt: Instant; readonly ends: readonly End[] };

/** Until when something is so, as it was known; undefined where it has no end. */
export const endOf = ({ ends }: Lasting, known: Instant): Instant | undefined =>
  ends.findLast(({ recordedAt }) => recordedAt <= known)?.to;

/** Whether something is so at the moment: from its beginning on, and no more at its end. */
export function covers(lasting: Lasting, { at, known }: Moment): boolean {
  if (lasting.recordedAt > known || lasting.from > at) return false;
  const to = endOf(lasting, known);
  return to === undefined || at < to;
}

/** Whether something is so at any instant from `from` until before `to`, as it is known. */
export function overlaps(lasting: Lasting, from: Instant, to: Instant | undefined, known: Instant): boolean {
  const end = endOf(lasting, known);
  if (end !== undefined && end <= lasting.from) return false;
  return (end === undefined || from < end) && (to === undefined || lasting.from < to);
}

const placeOf = (post: string, unit: string | undefined): string => JSON.stringify([post, unit]);

function grouped<T>(all: readonly T[], keyOf: (it: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const it of all) {
    const group = groups.get(keyOf(it));
    if (group === undefined) groups.set(keyOf(it), [it]);
    else group.push(it);
  }
  return groups;
}
