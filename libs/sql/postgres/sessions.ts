import { sql } from 'kysely';
import type { AnyDb } from '../writer.js';

/** Names are of a schema: the views of another installation in the same database are another's. */
export const lockKey = (name: string): string =>
  `hashtextextended('redress ' || current_schema() || ' ' || ${name}, 0)`;

/** How the server knows all sessions of a process. */
export const sessionsOf = (process: string): string => `redress ${process}`;

/** Which of the names nobody has. It has them for no longer than it takes to find out. */
export async function heldByNobody(db: AnyDb, names: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${names}::text[]) as name
    where pg_try_advisory_xact_lock_shared(${sql.raw(lockKey('name'))})`.execute(db);
  return new Set(rows.map(({ name }) => name));
}

/** Ends all sessions of a process that does not go on: what it was writing is rolled back, what it has locked is free. */
export const endSessions = (db: AnyDb, process: string): Promise<unknown> =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = ${sessionsOf(process)} and pid <> pg_backend_pid()`.execute(db);
