import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, test } from '@jest/globals';
import { openSql, type SqlPlace } from '#sql';
import { serviceUrl } from '#testing';

/**
 * Which of our stores the tests of this file run on: SQLite, unless the file came here by `onPostgres` or `onEventStoreDb`. A log
 * in EventStoreDB has its views in PostgreSQL.
 */
const STORE = 'TEST_STORE';

/**
 * Runs the tests of another file on PostgreSQL: a suite is written once and is the contract of both stores. Where
 * PostgreSQL could not be had they are left out, and `npm test` says so.
 */
export async function onPostgres(suite: () => Promise<unknown>): Promise<void> {
  return on('PostgreSQL', suite);
}

/** The same with the log in EventStoreDB, or in what speaks its protocol. */
export const onEventStoreDb = (suite: () => Promise<unknown>): Promise<void> => on('EventStoreDB', suite);

async function on(store: 'PostgreSQL' | 'EventStoreDB', suite: () => Promise<unknown>): Promise<void> {
  if ((await serviceUrl('postgres')) === undefined) return test.skip('there is no PostgreSQL here', () => undefined);
  process.env[STORE] = store;
  await suite();
  afterAll(dropSchemas);
}

export const isOnEventStoreDb = (): boolean => process.env[STORE] === 'EventStoreDB';
export const isOnPostgres = (): boolean => process.env[STORE] === 'PostgreSQL' || isOnEventStoreDb();

const schemas = new Map<string, Promise<string>>();

/** Where rows are kept that belong to a folder: a file in it, or a schema that the same folder and name lead to again. */
export async function placeOf(folder: string, name = 'views'): Promise<SqlPlace> {
  const file = join(folder, `${name}.db`);
  if (!isOnPostgres()) return { file };
  const schema = schemas.get(file) ?? freshSchema();
  schemas.set(file, schema);
  return { url: await schema };
}

/** A schema of its own, on the test run's PostgreSQL or another. @returns the URL under which everything happens in it */
export async function freshSchema(server?: string): Promise<string> {
  const url = server ?? (await serviceUrl('postgres'));
  if (url === undefined) throw new Error('there is no PostgreSQL here');
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  const db = openSql<Record<string, never>>({ url });
  await db.schema.createSchema(name).execute();
  await db.destroy();
  if (server === undefined) made.push(name);
  const own = new URL(url);
  own.searchParams.set('options', `-c search_path=${name}`);
  return own.href;
}

const made: string[] = [];

/** A server that somebody named goes on without us: nothing of the tests stays in it. */
async function dropSchemas(): Promise<void> {
  if (!process.env['TEST_POSTGRES_URL']) return;
  const db = openSql<Record<string, never>>({ url: process.env['TEST_POSTGRES_URL'] });
  for (const name of made) await db.schema.dropSchema(name).cascade().execute();
  await db.destroy();
}
