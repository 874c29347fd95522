import type { DomainEvent, EventMetadata, Instant, JsonObject, OpenedPart } from '#kernel';
import type { Row } from '../row.js';
import type { TableShape } from '../shape.js';

/** An event as a projection meets it: upcast, the parts it declares opened. */
export interface ProjectedEvent<
  Type extends string = string,
  Data extends JsonObject = JsonObject,
  Part extends string = string,
> {
  readonly id: string;
  readonly stream: string;
  /** What stands behind the category in the name of the stream, e.g. the case id. */
  readonly subject: string;
  readonly revision: number;
  /** Its place in the log: distinct and rising over all streams. */
  readonly position: number;
  readonly type: Type;
  readonly data: Data;
  readonly personal: { readonly [P in Part]?: OpenedPart };
  readonly meta: EventMetadata;
}

/** The projected form of a union of domain events. */
export type Projected<E extends DomainEvent> =
  E extends DomainEvent<infer Type, infer Data, infer Part> ? ProjectedEvent<Type, Data, Part> : never;

/** An event that somebody else wrote into a stream of ours: its words count for nothing (EVENTS.md 3). */
export interface ForeignEvent {
  readonly subject: string;
  readonly revision: number;
  readonly position: number;
  readonly createdAt: Instant;
}

/** The rows that one event may see and change. `get` and `remove` take the columns of the key behind the first. */
export interface RowSet<R extends Row> {
  get(...rest: readonly (string | number)[]): R | undefined;
  put(row: R): void;
  remove(row: R): void;
  /** In the order of their keys: however batches end and stores answer, a projection meets the rows in the same order. */
  all(): R[];
}

export interface Tables {
  rows<R extends Row>(shape: TableShape<R>): RowSet<R>;
  enter<R extends Row>(shape: TableShape<R>, row: R): void;
}

export type Table =
  /** Rows that events change. Of the event's subject (first column of the key), or a small table seen whole by every event. */
  | { readonly kind: 'rows'; readonly shape: TableShape; readonly of: 'subject' | 'all' }
  /** Rows that events enter and nobody changes; `subject` is the column with the subject's id. */
  | { readonly kind: 'entries'; readonly shape: TableShape; readonly subject: string }
  /** Rows that follow from the rows of another table, e.g. the words of a text. */
  | {
      readonly kind: 'derived';
      readonly shape: TableShape;
      readonly from: TableShape;
      readonly derive: (row: Row) => readonly Row[];
    };

/**
 * Turns the log into rows that answer one question. Pure: the same events give the same rows.
 * `partition` says what a poisoned event stops: its own subject, or (`all`, where it feeds totals) everything, loudly.
 */
export interface Projection {
  readonly name: string;
  /** Another version is built anew from the log beside the one it replaces. One that changes while it runs: see `rebuild`. */
  readonly version: number;
  readonly partition: 'subject' | 'all';
  /** Streams are `<category>-<subject>`; others are passed over. */
  readonly category: string;
  /** Which personal parts of which events it needs opened; all others stay sealed and unseen. */
  readonly opens: Readonly<Record<string, readonly string[]>>;
  readonly tables: readonly Table[];
  fold(event: ProjectedEvent, tables: Tables): void;
  foreign?(event: ForeignEvent, tables: Tables): void;
}

/** What each type of event makes of a row; types that are not named leave it as it is. */
export type Reducers<R, E extends DomainEvent> = {
  readonly [Type in E['type']]?: (row: R, event: Extract<Projected<E>, { type: Type }>) => R;
};

/** The row after the event: the reducer of its type, or the row itself. */
export function reduce<R, E extends DomainEvent>(reducers: Reducers<R, E>, row: R, event: ProjectedEvent): R {
  const reducer = (reducers as Readonly<Record<string, ((row: R, event: ProjectedEvent) => R) | undefined>>)[
    event.type
  ];
  return reducer ? reducer(row, event) : row;
}

/** A part's text; null where it is not there, was erased, or its key was lost. */
export function openedText(part: OpenedPart | undefined): string | null {
  if (part === undefined || !('value' in part)) return null;
  return typeof part.value === 'string' ? part.value : JSON.stringify(part.value);
}
