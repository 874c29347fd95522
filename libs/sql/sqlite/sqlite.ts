import { Kysely, type Logger } from 'kysely';
import type { SqliteFileOptions } from './file.js';
import { threadDialect } from './thread-dialect.js';

/**
 * Opens a database file for queries. Statements run on a thread of their own, so none blocks this event loop.
 * `destroy()` closes it.
 * @throws SqliteRefused from the first query on, when the file cannot be opened read-only because it is not there
 */
export const openSqlite = <Schema>({ log, ...file }: SqliteFileOptions & { readonly log?: Logger }): Kysely<Schema> =>
  new Kysely<Schema>({ dialect: threadDialect(file), ...(log && { log }) });
