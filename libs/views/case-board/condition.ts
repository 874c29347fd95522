import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { ViewsSchema } from '../schema.js';
import type { BoardRow } from './tables.js';

export type Db = Kysely<ViewsSchema>;
export type BoardQuery = SelectQueryBuilder<ViewsSchema, 'case_board', BoardRow>;

/** Narrows a query to the rows that somebody asked for. */
export type Condition = (query: BoardQuery) => BoardQuery;

/** Behind every text there is. */
export const HIGHEST = '\u{10FFFF}';
