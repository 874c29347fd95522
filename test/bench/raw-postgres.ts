// The ceiling of a projection into PostgreSQL: `raw-postgres.js <url>` upserts the rows of its views again, as they are, many
// rows per statement, under the same indexes and with the indexes made last. Only statements are timed.
import pg from 'pg';

const url = process.argv[2]!;
const CHUNK = 10_000;
/** What a statement may bind at most. */
const MOST_VALUES = 65_000;

interface Shape {
  readonly table: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly primaryKey: string | undefined;
  readonly indexes: readonly string[];
}

const client = new pg.Client({ connectionString: url });
await client.connect();

async function shapes(): Promise<Shape[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = current_schema() and tablename ~ '_g[0-9]+$'",
  );
  return Promise.all(tables.map(({ name }) => shapeOf(name)));
}

async function shapeOf(table: string): Promise<Shape> {
  const columns = await client.query<{ name: string }>(
    'select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 order by attnum',
    [table],
  );
  const indexes = await client.query<{
    definition: string;
    name: string;
    unique: boolean;
    primary: boolean;
    key: string[];
  }>(
    `select pg_get_indexdef(indexrelid) as definition, indexrelid::regclass::text as name, indisunique as "unique",
            indisprimary as "primary",
            array(select attname::text from pg_attribute where attrelid = indrelid and attnum = any(indkey)) as key
     from pg_index where indrelid = $1::regclass`,
    [table],
  );
  const primary = indexes.rows.find((it) => it.primary);
  const arbiter = primary ?? indexes.rows.find((it) => it.unique)!;
  return {
    table,
    columns: columns.rows.map(({ name }) => name),
    key: arbiter.key,
    primaryKey: primary && `primary key (${primary.key.join()})`,
    // What makes an upsert an upsert has to be there from the start.
    indexes: indexes.rows.filter((it) => !it.primary).map(({ definition }) => definition),
  };
}

async function upsertAgain(all: readonly Shape[], indexesLast: boolean): Promise<{ ms: number; rows: number }> {
  let ms = 0;
  let rows = 0;
  const timed = async (work: () => Promise<unknown>): Promise<void> => {
    const from = performance.now();
    await work();
    ms += performance.now() - from;
  };
  for (const { table, columns, key, primaryKey, indexes } of all) {
    const bare = `bare_${table}`;
    await client.query(`drop table if exists ${bare}`);
    await client.query(`create table ${bare} (like ${table}${primaryKey ? `, ${primaryKey}` : ''})`);
    const renamed = indexes.map((definition) =>
      definition.replace(/INDEX (\S+) ON (\S+)/, (_all, name: string) => `INDEX bare_${name} ON ${bare}`),
    );
    const first = renamed.filter((it) => !indexesLast || (!primaryKey && it.includes('UNIQUE')));
    for (const definition of first) await client.query(definition);
    const { rows: source } = await client.query<unknown[]>({ text: `select * from ${table}`, rowMode: 'array' });
    for (let from = 0; from < source.length; from += CHUNK) {
      const chunk = source.slice(from, from + CHUNK);
      await timed(() => client.query('begin'));
      const atOnce = Math.floor(MOST_VALUES / columns.length);
      for (let at = 0; at < chunk.length; at += atOnce) {
        const some = chunk.slice(at, at + atOnce);
        await timed(() => client.query(upsert(bare, columns, key, some.length), some.flat()));
      }
      await timed(() => client.query('commit'));
      rows += chunk.length;
    }
    for (const definition of renamed.filter((it) => !first.includes(it))) await timed(() => client.query(definition));
    await client.query(`drop table ${bare}`);
  }
  return { ms, rows };
}

function upsert(table: string, columns: readonly string[], key: readonly string[], rows: number): string {
  const marks = Array.from({ length: rows }, (_row, at) => {
    const places = columns.map((_column, place) => `$${at * columns.length + place + 1}`);
    return `(${places.join()})`;
  });
  const sets = columns.filter((it) => !key.includes(it)).map((it) => `${it} = excluded.${it}`);
  const then = sets.length > 0 ? `update set ${sets.join()}` : 'nothing';
  return `insert into ${table} (${columns.join()}) values ${marks.join()} on conflict (${key.join()}) do ${then}`;
}

const all = await shapes();
const sorted = await upsertAgain(all, true);
const kept = await upsertAgain(all, false);
await client.end();
console.log(JSON.stringify({ ms: kept.ms, sortedMs: sorted.ms, rows: kept.rows }));
