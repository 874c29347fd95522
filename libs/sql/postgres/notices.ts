import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { connectionOf, SESSION } from './postgres.js';
import { explained } from './errors.js';
import type { Notices } from '../writer.js';

const RETRY_MS = 1_000;

/**
 * Hears what is told on a channel in a schema, by `pg_notify(channel, schema)`, perhaps with who tells behind a blank. After a lost connection nobody knows what was
 * told meanwhile: then it counts as told once.
 * @throws DatabaseUnusable where the first connection cannot be had
 */
export async function hearNotices(
  url: string,
  channel: string,
  told: (by?: string) => void,
  name?: string,
): Promise<Notices> {
  let client: pg.Client | undefined;
  let isClosed = false;
  const connect = async (): Promise<void> => {
    const fresh = new pg.Client(connectionOf(url, name));
    let isBroken = false;
    const broken = (): void => {
      if (isBroken || isClosed || client !== fresh) return;
      isBroken = true;
      void again();
    };
    fresh.on('error', broken);
    fresh.on('end', broken);
    await fresh.connect();
    await fresh.query(SESSION);
    const { rows } = await fresh.query<{ name: string }>('select current_schema() as name');
    const schema = rows[0]!.name;
    fresh.on('notification', ({ payload = '' }) => {
      if (payload === schema) told();
      else if (payload.startsWith(`${schema} `)) told(payload.slice(schema.length + 1));
    });
    await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
    client = fresh;
    // It was closed while it connected.
    if (isClosed) await fresh.end().catch(() => undefined);
  };
  const again = async (): Promise<void> => {
    while (!isClosed) {
      await pause(RETRY_MS, undefined, { ref: false });
      if (isClosed) return;
      const isThere = await connect().then(
        () => true,
        () => false,
      );
      if (isThere) return void (isClosed || told());
    }
  };
  try {
    await connect();
  } catch (error) {
    throw explained(error, url);
  }
  return {
    async close() {
      isClosed = true;
      await client?.end().catch(() => undefined);
    },
  };
}
