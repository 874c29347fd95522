import { expect, test } from '@jest/globals';
import pg from 'pg';
import { serviceUrl } from './index.js';

const URL = await serviceUrl('postgres');

(URL === undefined ? test.skip : test)(
  'a test that asks for PostgreSQL gets one that orders by code points',
  async () => {
    const client = new pg.Client({ connectionString: URL });
    await client.connect();
    const { rows } = await client.query("select x from unnest(array['b', 'ä', 'A']) as x order by x collate \"C\"");
    expect(rows.map(({ x }) => x as string)).toEqual(['A', 'b', 'ä']);
    await client.end();
  },
);
