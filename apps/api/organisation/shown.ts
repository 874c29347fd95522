import type { Instant } from '#kernel';
import { endOf, type Answering, type Directory, type Label, type Moment, type Register } from '#organisation';
import type { Policy } from '#policy';

export interface ShownHolder {
  readonly post: string;
  readonly assignment: string;
  readonly person: string;
  readonly name?: string;
  readonly from: Instant;
  readonly to?: Instant;
  /** Who answers for them while they are away. */
  readonly standIn?: { readonly person: string; readonly name?: string };
}

export interface ShownUnit {
  readonly unit: string;
  readonly label?: Label;
  readonly kind?: string;
  /** The pack that it works under: its own, or that of a unit above it. */
  readonly pack?: string;
  readonly holders: readonly ShownHolder[];
  readonly children: readonly ShownUnit[];
}

export interface ShownAbsence {
  readonly person: string;
  readonly name?: string;
  readonly delegate: string;
  readonly delegateName?: string;
  readonly from: Instant;
  readonly to?: Instant;
}

export interface ShownOrganisation extends Moment {
  readonly posts: readonly { readonly post: string; readonly label?: Label; readonly single: boolean }[];
  /** Who holds posts of the whole organisation. */
  readonly holders: readonly ShownHolder[];
  readonly units: readonly ShownUnit[];
  readonly absences: readonly ShownAbsence[];
}

/** What is amiss with the organisation as it is on record. */
export interface Finding {
  /** NOBODY_HOLDS: a post that must be held (O-2); PACK_POST_NOT_HELD: a post that a pack names and nobody holds; HOLDER_INACTIVE. */
  readonly code: 'NOBODY_HOLDS' | 'PACK_POST_NOT_HELD' | 'HOLDER_INACTIVE';
  readonly post: string;
  readonly unit?: string;
  readonly person?: string;
}

/** The organisation at a moment, with the names that the directory knows. */
export class Shown {
  private readonly people: ReadonlyMap<string, { readonly name: string; readonly active: boolean }>;

  constructor(
    private readonly register: Register,
    directory: Directory,
    private readonly moment: Moment,
  ) {
    this.people = new Map(directory.listPeople().map((person) => [person.id, person]));
  }

  organisation(): ShownOrganisation {
    const { register, moment } = this;
    return {
      ...moment,
      posts: register.posts(moment.known).map(({ recordedAt: _, ...post }) => post),
      holders: this.holders(undefined),
      units: this.below(undefined),
      absences: this.absences(),
    };
  }

  findings(policy: Policy): readonly Finding[] {
    const { register, moment } = this;
    const held = this.everyHolder();
    const gaps = register.gaps(moment).map((gap) => ({ code: 'NOBODY_HOLDS' as const, ...gap }));
    const missing = postsOf(policy)
      .filter((post) => !held.some((it) => it.post === post))
      .map((post) => ({ code: 'PACK_POST_NOT_HELD' as const, post }));
    const inactive = held
      .filter(({ person }) => this.people.get(person)?.active === false)
      .map(({ post, unit, person }) => ({ code: 'HOLDER_INACTIVE' as const, post, ...(unit && { unit }), person }));
    return [...gaps, ...missing, ...inactive];
  }

  private everyHolder(): readonly (ShownHolder & { readonly unit?: string })[] {
    const { register, moment } = this;
    const units = register.units(moment).map(({ unit }) => unit);
    return [undefined, ...units].flatMap((unit) =>
      this.holders(unit).map((holder) => (unit === undefined ? holder : { ...holder, unit })),
    );
  }

  /** A unit whose parent is no more stands at the top. */
  private below(parent: string | undefined): readonly ShownUnit[] {
    const { register, moment } = this;
    const units = register.units(moment);
    const ids = new Set(units.map(({ unit }) => unit));
    return units
      .filter((it) => (it.parent !== undefined && ids.has(it.parent) ? it.parent : undefined) === parent)
      .map(({ unit, label, kind }) => {
        const pack = register.packOf(unit, moment);
        return {
          unit,
          ...(label && { label }),
          ...(kind !== undefined && { kind }),
          ...(pack !== undefined && { pack }),
          holders: this.holders(unit),
          children: this.below(unit),
        };
      });
  }

  private holders(unit: string | undefined): readonly ShownHolder[] {
    const { register, moment } = this;
    return register
      .posts(moment.known)
      .flatMap(({ post }) => register.holding(post, unit, moment).map((held) => this.holder(held)));
  }

  private holder({ assignment, person: answering }: Answering): ShownHolder {
    const { id, post, person, from } = assignment;
    const to = endOf(assignment, this.moment.known);
    return {
      ...{ post, assignment: id, person, ...this.named(person), from },
      ...(to !== undefined && { to }),
      ...(answering !== person && { standIn: { person: answering, ...this.named(answering) } }),
    };
  }

  private absences(): readonly ShownAbsence[] {
    return this.register.absent(this.moment).map((absence) => {
      const { person, delegate, from } = absence;
      const to = endOf(absence, this.moment.known);
      const delegateName = this.people.get(delegate)?.name;
      return {
        ...{ person, ...this.named(person), delegate, from },
        ...(delegateName !== undefined && { delegateName }),
        ...(to !== undefined && { to }),
      };
    });
  }

  private named(person: string): { name?: string } {
    const name = this.people.get(person)?.name;
    return name === undefined ? {} : { name };
  }
}

/** What stands for itself in every case and is no post of the organisation. */
const OF_THE_CASE = ['owner', 'receiver', 'unit'];

/** The posts that a pack calls in, holds to account or lets do a step. */
function postsOf({ escalations, clocks, steps }: Policy): readonly string[] {
  const named = [
    ...escalations.flatMap(({ levels }) => levels.flatMap(({ to }) => to)),
    ...clocks.flatMap(({ owedBy = [] }) => owedBy),
    ...steps.flatMap(({ by = [] }) => by),
  ];
  return [...new Set(named)].filter((post) => !OF_THE_CASE.includes(post)).sort();
}
