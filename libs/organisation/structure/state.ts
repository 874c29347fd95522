import type { Aggregate } from '#execution';
import type { Instant } from '#kernel';
import type { OrganisationEvent, PostDetails, RecordedOrganisationEvent, UnitDetails } from './events.js';

/** When something became known. */
interface Recorded {
  readonly recordedAt: Instant;
}

/** What is so of a unit from an instant on. */
export interface UnitVersion extends UnitDetails, Recorded {
  readonly unit: string;
  readonly from: Instant;
  readonly closed: boolean;
}

export interface PostVersion extends PostDetails, Recorded {
  readonly post: string;
}

/** Until when something is so, as it was last said. */
export interface End extends Recorded {
  readonly to: Instant;
}

interface Lasting extends Recorded {
  readonly id: string;
  readonly person: string;
  readonly from: Instant;
  /** In the order in which they became known. */
  readonly ends: readonly End[];
}

/** A person in a post. */
export interface Assignment extends Lasting {
  readonly post: string;
  readonly unit?: string;
}

/** A time in which somebody else stands in for a person. */
export interface Absence extends Lasting {
  readonly delegate: string;
}

/** All that was ever known of the organisation: nothing is overwritten, so that any earlier knowledge can be asked. */
export interface OrganisationState {
  /** In the order in which they became known; posts, assignments and absences too. */
  readonly units: readonly UnitVersion[];
  readonly posts: readonly PostVersion[];
  readonly assignments: readonly Assignment[];
  readonly absences: readonly Absence[];
}

/** There is one organisation to a log: its stream is `organisation-main`. */
export const ORGANISATION_ID = 'main';

export const organisationAggregate: Aggregate<OrganisationState, OrganisationEvent, null> = {
  category: 'organisation',
  initial: { units: [], posts: [], assignments: [], absences: [] },
  upcasts: {},
  evolve,
  settle: () => [],
  follow: () => [],
};

export const ORGANISATION_STREAM = `${organisationAggregate.category}-${ORGANISATION_ID}`;

function evolve(state: OrganisationState, event: RecordedOrganisationEvent): OrganisationState {
  const { recordedAt } = event.meta;
  switch (event.type) {
    case 'UnitDefined':
    case 'UnitChanged':
      return { ...state, units: [...state.units, { ...event.data, recordedAt, closed: false }] };
    case 'UnitClosed':
      return { ...state, units: [...state.units, { ...event.data, recordedAt, closed: true }] };
    case 'PostDefined':
      return { ...state, posts: [...state.posts, { ...event.data, recordedAt }] };
    case 'PostAssigned': {
      const { assignment: id, to, inPlaceOf: _, ...held } = event.data;
      return {
        ...state,
        assignments: [...state.assignments, { id, ...held, recordedAt, ends: ending(to, recordedAt) }],
      };
    }
    case 'PostEnded': {
      const { assignment, to } = event.data;
      return { ...state, assignments: ended(state.assignments, assignment, { to, recordedAt }) };
    }
    case 'AbsenceRecorded': {
      const { absence: id, to, ...away } = event.data;
      return { ...state, absences: [...state.absences, { id, ...away, recordedAt, ends: ending(to, recordedAt) }] };
    }
    case 'AbsenceEnded': {
      const { absence, to } = event.data;
      return { ...state, absences: ended(state.absences, absence, { to, recordedAt }) };
    }
    default:
      // The fold is total: what a later engine writes is passed over.
      return (event satisfies never, state);
  }
}

const ending = (to: Instant | undefined, recordedAt: Instant): readonly End[] =>
  to === undefined ? [] : [{ to, recordedAt }];

const ended = <T extends Lasting>(all: readonly T[], id: string, end: End): readonly T[] =>
  all.map((it) => (it.id === id ? { ...it, ends: [...it.ends, end] } : it));
