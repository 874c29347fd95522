import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql, type Kysely, type Migration } from 'kysely';
import { migrateToLatest, openSqlite, residual } from '#sql';

interface Schema {
  item: { id: number; name: string };
}

const FIRST: Migration = {
  up: (db) =>
    db.schema
      .createTable('item')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .execute(),
};

let folder: string;
let db: Kysely<Schema>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redress-sqlite-'));
  db = openSqlite<Schema>({ file: join(folder, 'control.db') });
  await migrateToLatest(db, { '001': FIRST });
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const names = async (from: Kysely<Schema> = db): Promise<string[]> =>
  (await from.selectFrom('item').select('name').orderBy('id').execute()).map(({ name }) => name);

test('migrations run once', async () => {
  await migrateToLatest(db, { '001': FIRST });
  expect(await names()).toEqual([]);
});

test('a transaction is all or nothing, and nobody else gets into it', async () => {
  const failing = db.transaction().execute(async (trx) => {
    await trx.insertInto('item').values({ id: 1, name: 'undone' }).execute();
    throw new Error('no');
  });
  const beside = db.insertInto('item').values({ id: 2, name: 'beside' }).executeTakeFirst();
  await expect(failing).rejects.toThrow('no');
  expect(await beside).toMatchObject({ insertId: 2n });
  expect(await names()).toEqual(['beside']);
});

test('a statement that is refused rejects with the code of SQLite', async () => {
  await db.insertInto('item').values({ id: 1, name: 'one' }).execute();
  await expect(db.insertInto('item').values({ id: 1, name: 'again' }).execute()).rejects.toMatchObject({
    code: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  });
});

test('a reader reads beside the writer, and cannot write', async () => {
  const reader = openSqlite<Schema>({ file: join(folder, 'control.db'), readonly: true });
  await db.insertInto('item').values({ id: 1, name: 'one' }).execute();
  expect(await names(reader)).toEqual(['one']);
  await expect(reader.deleteFrom('item').execute()).rejects.toMatchObject({ code: 'SQLITE_READONLY' });
  await reader.destroy();
  await expect(names(reader)).rejects.toThrow();
});

test('a query that takes long keeps the event loop free', async () => {
  const long = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000) select max(i) from n`;
  let turns = 0;
  let done = false;
  const asked = long.execute(db).then(() => (done = true));
  while (!done) {
    turns++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await asked;
  expect(turns).toBeGreaterThan(10);
});

test('EVENTS.md 10: what is overwritten is erased from the file', async () => {
  expect((await sql<{ secure_delete: number }>`pragma secure_delete`.execute(db)).rows).toEqual([{ secure_delete: 1 }]);
});

test('a residual filter chooses no index', async () => {
  await db.schema.createIndex('item_name').on('item').column('name').execute();
  const plan = async (text: string): Promise<string> => {
    const { rows } = await sql<{ detail: string }>`explain query plan ${sql.raw(text)}`.execute(db);
    return rows.map(({ detail }) => detail).join();
  };
  const leading = db.selectFrom('item').selectAll().where('name', '=', sql.lit('a')).compile().sql;
  const passing = db.selectFrom('item').selectAll().where(residual(db, 'name'), '=', sql.lit('a')).compile().sql;
  expect(await plan(leading)).toContain('item_name');
  expect(await plan(passing)).not.toContain('item_name');
});
