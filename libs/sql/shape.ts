import type { Row } from './row.js';

export type ColumnType = 'text' | 'integer';

export interface IndexShape {
  readonly columns: readonly string[];
  readonly unique?: true;
  /** Asked for as a whole only, however long it is: a tree of PostgreSQL takes no key beyond 2,700 bytes, a hash does. */
  readonly exact?: true;
  /** Only the rows whose column equals the number, or is not null, are in the index. */
  readonly where?: { readonly column: string; readonly is: number | 'not null' };
}

/** A table of a view as the engine needs it; on disk every generation has a copy of its own. */
export interface TableShape<R extends Row = Row> {
  readonly name: string;
  readonly columns: { readonly [column in keyof R & string]: ColumnType };
  /** The columns that name a row. Those of a heap are enforced by an index made after a bulk load. */
  readonly key: readonly (keyof R & string)[];
  readonly heap?: true;
  /** Made after a bulk load: sorting once is cheaper than a million places in a tree. */
  readonly indexes: readonly IndexShape[];
}

export const physicalName = (shape: Pick<TableShape, 'name'>, generation: number): string =>
  `${shape.name}_g${generation}`;

/** The name under which readers see a table of a generation. */
export const servedName = (physical: string): string => physical.replace(/_g\d+$/, '');

export const columnsOf = (shape: TableShape): readonly string[] => Object.keys(shape.columns);
