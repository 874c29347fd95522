import { pino } from 'pino';
import { migrateDirectory } from '#organisation/postgres';
import { migrateViews, openWriter, type SqlWriter } from '#sql';
import { awaitDatabase } from '../api/engine/await-database.js';
import { lockFolder } from '../api/engine/data-folder.js';
import { readSettings } from '../api/start-up/settings.js';
import { refuseElsewhere } from '../worker/log-mark.js';
import { migrateOutbox } from '../worker/outbox-place.js';
import { migrateVault, vaultUrl } from '../worker/vault-place.js';
import { viewsPlace } from '../worker/views-place.js';
import { holdViews } from './move/hold-views.js';

export interface MigrateOptions {
  readonly data?: string;
  readonly forgetViews?: true;
}

/**
 * Brings the tables that are not derived from the log to the present schema.
 * @returns what was done, in lines
 * @throws SchemaNewer, DatabaseUnusable, FolderInUse, WrongSettings; CliError where views are to go that somebody keeps
 */
export async function migrate({ data, forgetViews: forgets }: MigrateOptions): Promise<string[]> {
  const settings = readSettings({ ...process.env, ...(data !== undefined && { REDRESS_DATA: data }) });
  const { folder, databaseUrl } = settings;
  // A data folder is one process's; a database has locks of its own.
  if (settings.eventStoreUrl === undefined) refuseElsewhere(folder);
  const lock = databaseUrl === undefined ? lockFolder(folder) : undefined;
  try {
    if (databaseUrl !== undefined) await awaitDatabase(databaseUrl, pino({ level: 'warn' }, pino.destination(2)));
    const writer = openWriter(viewsPlace(folder, databaseUrl));
    try {
      // What else a data folder has is migrated by whoever opens it next.
      const directory = databaseUrl === undefined ? [] : await migrateDirectory(databaseUrl);
      const sharedUrl = vaultUrl(settings);
      const shared =
        sharedUrl === undefined ? [] : [...(await migrateVault(sharedUrl)), ...(await migrateOutbox(sharedUrl))];
      const run = [...directory, ...shared, ...(await migrateViews(writer.db))];
      const lines = run.length > 0 ? run.map((name) => `migrated: ${name}`) : ['nothing to migrate'];
      return forgets ? [...lines, await forget(writer)] : lines;
    } finally {
      await writer.close();
    }
  } finally {
    lock?.release();
  }
}

async function forget(writer: SqlWriter): Promise<string> {
  const views = await holdViews(writer);
  try {
    await views.forget();
    return 'all views are forgotten';
  } finally {
    await views.release();
  }
}
