import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { START } from '#kernel';
import { loadMasterKey } from '#privacy/embedded';
import { openSql, servedName, tablesOf, type SqlPlace } from '#sql';
import { openLogReader } from '../../apps/worker/log-reader.js';
import { startProjector } from '../../apps/worker/projector.js';
import { viewsPlace } from '../../apps/worker/views-place.js';
import { newFolder } from './engine.js';

/** Settings that name stores outside of the data folder. */
export interface Stores {
  readonly EVENTSTOREDB_URL?: string;
  readonly REDRESS_DATABASE_URL?: string;
}

/** Every row of every table that readers see, sorted, as JSON. */
export type Dump = Readonly<Record<string, readonly string[]>>;

/**
 * What readers see of the views of a folder nothing runs on, or of the database that keeps them. The runner's own tables
 * (`projection_…`: which generation serves, how far it is) are not derived from the log and are left out; what else they
 * must say is checked here.
 * @throws Error where a partition is parked, or a generation is there that serves nobody
 */
export async function dumpViews(folder: string, databaseUrl?: string): Promise<Dump> {
  const db = openSql<Record<string, Record<string, unknown>>>(viewsPlace(folder, databaseUrl), { readonly: true });
  try {
    const parked = await db.selectFrom('projection_parked').selectAll().execute();
    if (parked.length > 0) throw new Error(`parked: ${JSON.stringify(parked)}`);
    const unserved = await db.selectFrom('projection_generation').selectAll().where('serving', '=', 0).execute();
    const tables = (await tablesOf(db)).filter((name) => /_g\d+$/.test(name)).sort();
    const served = tables.map(servedName);
    if (unserved.length > 0 || new Set(served).size !== served.length) {
      throw new Error(`left over: ${JSON.stringify(unserved)} in ${tables.join()}`);
    }
    const dump: Record<string, readonly string[]> = {};
    for (const name of served) dump[name] = await rowsOf(db, name);
    return dump;
  } finally {
    await db.destroy();
  }
}

async function rowsOf(db: Kysely<Record<string, Record<string, unknown>>>, table: string): Promise<string[]> {
  const rows = await db.selectFrom(table).selectAll().execute();
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** All of a data folder that a rebuild needs; the views are not among it. */
const SOURCES = ['log.db', 'log.db-wal', 'keys.db', 'keys.db-wal', 'erasures.jsonl', 'master.key'];

/** A copy of a folder nothing runs on, without its views. */
export function copyWithoutViews(folder: string): string {
  const copy = newFolder();
  for (const name of SOURCES) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
  }
  return copy;
}

/** The views as they come about from nothing: in a copy of the folder, by the projector that runs in the engine. */
export async function rebuildCold(folder: string, stores: Stores = {}): Promise<Dump> {
  const copy = copyWithoutViews(folder);
  try {
    await finishViews(copy, stores, viewsPlace(copy, undefined));
    return await dumpViews(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Brings the views of a folder nothing runs on to the end of its log, as the next start does. */
async function finishViews(folder: string, stores: Stores, views?: SqlPlace): Promise<void> {
  const { EVENTSTOREDB_URL: eventStoreUrl, REDRESS_DATABASE_URL: databaseUrl } = stores;
  const reader = await openLogReader({ folder, eventStoreUrl });
  const head = (await reader.lastDelivered()) ?? START;
  await reader.close();
  const masterKey = loadMasterKey({ folder });
  const projector = await startProjector({ folder, eventStoreUrl, databaseUrl, masterKey, ...(views && { views }) });
  try {
    if (!(await projector.waitFor(head, 120_000))) throw new Error('the views do not come to the end of the log');
  } finally {
    await projector.stop();
  }
}

/**
 * Where the views of a folder nothing runs on part from a rebuild; empty where they are equal row by row. What the
 * engine's own automations wrote while it was stopped is taken in first, from where the views had come.
 */
export async function partFromRebuild(folder: string, stores: Stores = {}): Promise<string[]> {
  await finishViews(folder, stores);
  return differences(await dumpViews(folder, stores.REDRESS_DATABASE_URL), await rebuildCold(folder, stores));
}

/** Where two dumps part, in words; empty where they are equal row by row. */
export function differences(live: Dump, cold: Dump): string[] {
  const tables = [...new Set([...Object.keys(live), ...Object.keys(cold)])];
  return tables.flatMap((table) => {
    const [ours, theirs] = [live[table] ?? [], cold[table] ?? []];
    const only = (these: readonly string[], those: readonly string[]): string[] => {
      const counts = new Map<string, number>();
      for (const row of those) counts.set(row, (counts.get(row) ?? 0) + 1);
      return these.filter((row) => {
        const left = counts.get(row) ?? 0;
        counts.set(row, left - 1);
        return left <= 0;
      });
    };
    return [
      ...only(ours, theirs).map((row) => `${table}: only live: ${row}`),
      ...only(theirs, ours).map((row) => `${table}: only rebuilt: ${row}`),
    ];
  });
}

export const countRows = (dump: Dump): number => Object.values(dump).reduce((sum, rows) => sum + rows.length, 0);
