import type { Clock } from '#kernel';
import type { Directory } from '#organisation';
import { controlFile, openEmbeddedDirectory } from '#organisation/embedded';
import { openSharedDirectory } from '#organisation/postgres';
import type { Settings } from '../start-up/settings.js';

/** People and keys: in the database that is named, where those of the folder move in, else in the folder. */
export const openDirectory = (
  { folder, databaseUrl: url }: Settings,
  secret: Buffer,
  clock: Clock,
): Promise<Directory> =>
  url === undefined
    ? openEmbeddedDirectory({ folder, secret, clock })
    : openSharedDirectory({ url, secret, clock, movesIn: controlFile(folder) });
