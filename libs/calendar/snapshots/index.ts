import { createRequire } from 'node:module';

/** The public holidays and make-up workdays (调休) of a country, year by year, as they stood when somebody looked. */
export interface Snapshot {
  /** Country and last published year, e.g. `cn-2026`; deadlines name it (K-9). */
  readonly id: string;
  readonly country: string;
  readonly source: string;
  /** The years that have been announced. Of any other year nothing is known, whatever else the data might suggest (K-10). */
  readonly published: readonly number[];
  /** Dates `01-01` and stretches `02-15/02-23`, both ends included. */
  readonly years: Readonly<
    Record<string, { readonly holidays: readonly string[]; readonly workdays: readonly string[] }>
  >;
}

const require = createRequire(import.meta.url);

/** Every snapshot that was ever shipped, newest last; `generate.mjs` writes them, and a test compares. */
export const SNAPSHOTS: readonly Snapshot[] = [require('./cn-2026.json') as Snapshot];
