import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql, type Kysely, type Migration } from 'kysely';
import { freshSchema } from '../testing/index.js';
import { awaitPostgres, migrateToLatest, openSql, openWriter } from '#sql';
import { freePort, serviceUrl } from '#testing';

interface Schema {
  item: { name: string; number: number };
}

const CREATE: Migration = {
  up: (db) =>
    db.schema
      .createTable('item')
      .addColumn('name', sql`text collate "C"`, (column) => column.primaryKey())
      .addColumn('number', 'bigint', (column) => column.notNull())
      .execute(),
};

const described = (await serviceUrl('postgres')) === undefined ? describe.skip : describe;

described('PostgreSQL', () => {
  let url: string;
  let db: Kysely<Schema>;
  beforeAll(async () => {
    url = await freshSchema();
    db = openSql<Schema>({ url });
    await migrateToLatest(db, { '001': CREATE });
  });
  afterAll(() => db.destroy());

  test('EVENTS.md 5: U+0000 is escaped in what is asked, too', async () => {
    await db.insertInto('item').values({ name: 'a\0b', number: 1 }).execute();
    const found = await db.selectFrom('item').selectAll().where('name', '=', 'a\0b').execute();
    expect(found).toEqual([{ name: 'a␀b', number: 1 }]);
  });

  test('positions come back as the numbers they were, and text is ordered by code points', async () => {
    const number = Number.MAX_SAFE_INTEGER;
    await db
      .insertInto('item')
      .values(['ö', 'Z', 'z', '漏'].map((name) => ({ name, number })))
      .execute();
    const rows = await db.selectFrom('item').selectAll().where('number', '=', number).orderBy('name').execute();
    expect(rows.map(({ name }) => name)).toEqual(['Z', 'z', 'ö', '漏']);
    expect(rows[0]!.number).toBe(number);
  });

  test('many rows go in by COPY as they are, whatever stands in them', async () => {
    const writer = openWriter({ url });
    const table = {
      name: 'item',
      columns: ['name', 'number'],
      types: { name: 'text', number: 'integer' },
      key: ['name'],
    };
    const names = [
      'tab\t',
      'line\nfeed\r',
      'back\\slash',
      '\\N',
      '\\.',
      '"quoted"',
      '🙂',
      'half \ud800',
      'x'.repeat(2_000),
    ];
    const rows = names.map((name, number) => ({ name, number: -1 - number }));
    await writer.transaction((tx) => tx.insert(table as never, rows));
    const stored = await db.selectFrom('item').selectAll().where('number', '<', 0).orderBy('number', 'desc').execute();
    expect(stored.map(({ name }) => name)).toEqual(names.map((name) => name.replace('\ud800', '\ufffd')));
    await writer.transaction((tx) => tx.remove(table as never, rows));
    expect(await db.selectFrom('item').select('name').where('number', '<', 0).execute()).toEqual([]);
    await writer.close();
  });

  test('several that migrate at once have one effect', async () => {
    const own = await freshSchema();
    const several = Array.from({ length: 6 }, () => openSql<Schema>({ url: own }));
    const run = await Promise.all(several.map((it) => migrateToLatest(it, { '001': CREATE })));
    expect(run.flat()).toEqual(['001']);
    for (const it of several) await it.destroy();
  });

  test('a schema newer than the program is refused by name', async () => {
    const own = await freshSchema();
    const other = openSql<Schema>({ url: own });
    await migrateToLatest(other, { '001': CREATE, '002-later': { up: async () => undefined } });
    await expect(migrateToLatest(other, { '001': CREATE })).rejects.toMatchObject({
      code: 'SCHEMA_NEWER',
      message: expect.stringContaining('002-later'),
    });
    await other.destroy();
  });

  test('what is wrong with the database is said, without the password', async () => {
    const patience = { patienceMs: 0, onWait: () => undefined };
    const wrong = (change: (url: URL) => void): string => {
      const changed = new URL(url);
      change(changed);
      return changed.href;
    };
    const said = async (at: string): Promise<{ code: string; message: string }> =>
      awaitPostgres(at, patience).then(
        () => ({ code: 'none', message: '' }),
        (error: { code: string; message: string }) => error,
      );
    const refused = await said(wrong((it) => (it.password = 'not-this-one')));
    expect(refused.code).toBe('DATABASE_LOGIN_REFUSED');
    expect(refused.message).not.toContain('not-this-one');
    expect((await said(wrong((it) => (it.pathname = '/nowhere')))).code).toBe('DATABASE_MISSING');
    expect((await said(`${url}&sslmode=require`)).code).toBe('DATABASE_TLS');
    await sql`create database "latin" encoding 'LATIN1' locale 'C' template template0`.execute(db);
    await sql`create role poor login password 'poor'`.execute(db);
    const schema = sql.id(new URL(url).searchParams.get('options')!.split('=').at(-1)!);
    await sql`grant usage on schema ${schema} to poor`.execute(db);
    try {
      expect((await said(wrong((it) => (it.pathname = '/latin')))).code).toBe('DATABASE_NOT_UTF8');
      const poor = openSql({ url: wrong((it) => Object.assign(it, { username: 'poor', password: 'poor' })) });
      await expect(migrateToLatest(poor, { '001': CREATE })).rejects.toMatchObject({ code: 'DATABASE_NOT_ALLOWED' });
      await poor.destroy();
    } finally {
      await sql`drop database latin`.execute(db);
      await sql`drop owned by poor`.execute(db);
      await sql`drop role poor`.execute(db);
    }
    const port = String(await freePort());
    const unreachable = await said(wrong((it) => (it.port = port)));
    expect(unreachable).toMatchObject({ code: 'DATABASE_UNREACHABLE', message: expect.stringContaining(port) });
  });
});
