import type { RejectedRow } from '../historical-case.js';

/** A row of a CSV file, or an event of an XES log with what stands on its trace. */
export interface Row {
  /** Where it begins, the first line is 1. */
  readonly line: number;
  get(column: string): string | undefined;
  /** The same for exactly equal rows and for no others. */
  identity(): string;
}

/** `fault`: something that is no row, e.g. where the file was cut. `cutsCase`: the case being told breaks off. */
export type SourceItem = { readonly row: Row } | { readonly fault: RejectedRow; readonly cutsCase: boolean };

/** The file cannot be read with this mapping at all. */
export class SourceUnreadable extends Error {
  readonly code = 'SOURCE_UNREADABLE';
}
