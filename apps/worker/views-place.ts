import { join } from 'node:path';
import type { SqlPlace } from '#sql';

/** The views of a data folder. Derived: it is left out of backups and may be deleted while nothing runs. */
export const VIEWS_FILE = 'views.db';

/** Where the views are kept: in the database that is named, else in the data folder. */
export const viewsPlace = (folder: string, databaseUrl: string | undefined): SqlPlace =>
  databaseUrl === undefined ? { file: join(folder, VIEWS_FILE) } : { url: databaseUrl };
