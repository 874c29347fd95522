import type { DomainEvent, Instant, Recorded } from '#kernel';

/** What a unit or a post is called; ids stand in the log and in packs, labels are for people. */
export type Label = { readonly zh?: string; readonly en?: string };

/** What is so of a unit from an instant on, all of it: a change says everything anew. */
export type UnitDetails = {
  readonly label?: Label;
  readonly parent?: string;
  /** What kind of unit it is, e.g. `branch`: posts can be needed in units of a kind (O-2). */
  readonly kind?: string;
  /** The policy pack that it works under (O-1). */
  readonly pack?: string;
};

/** A post is a word that packs use; what it demands is the organisation's own. */
export type PostDetails = {
  readonly label?: Label;
  /** O-2: one person at a time in a unit, or organisation-wide. */
  readonly single: boolean;
  /** O-2: the units that must have a holder: `all`, or those of the kinds named. */
  readonly neededIn?: readonly string[];
  /** O-2: a change of holder is registered with its reason. */
  readonly inWriting?: true;
};

/** A span of valid time; without `to` it has no end. `to` is the first instant at which it is not so any more. */
type From = { readonly from: Instant };
type Span = From & { readonly to?: Instant };
/** Without a unit the post is of the whole organisation. */
type Place = { readonly post: string; readonly unit?: string };

/**
 * What becomes of the organisation, in the stream `organisation-main`. Each says since when it is so; since when it is known
 * is when it was recorded (EVENTS.md 14). Persons are random ids, names stay in the directory.
 */
export type OrganisationEvent =
  | DomainEvent<'UnitDefined', { readonly unit: string } & UnitDetails & From>
  | DomainEvent<'UnitChanged', { readonly unit: string } & UnitDetails & From>
  | DomainEvent<'UnitClosed', { readonly unit: string } & From>
  | DomainEvent<'PostDefined', { readonly post: string } & PostDetails>
  /** `inPlaceOf` are the persons whom it relieves: a change of liaison is this, with its reason (O-2). */
  | DomainEvent<
      'PostAssigned',
      { readonly assignment: string; readonly person: string; readonly inPlaceOf?: readonly string[] } & Place & Span,
      'reason'
    >
  | DomainEvent<
      'PostEnded',
      { readonly assignment: string; readonly person: string; readonly to: Instant } & Place,
      'reason'
    >
  | DomainEvent<
      'AbsenceRecorded',
      { readonly absence: string; readonly person: string; readonly delegate: string } & Span
    >
  | DomainEvent<'AbsenceEnded', { readonly absence: string; readonly person: string; readonly to: Instant }>;

export type RecordedOrganisationEvent = Recorded<OrganisationEvent>;

/** The beginning of a unit whose beginning nobody states. */
export const EVER: Instant = '0000-01-01T00:00:00.000Z';
