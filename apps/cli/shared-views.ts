import { migrateViews, openWriter, standingOf, VIEWS, type SqlWriter } from '#sql';
import { PROJECTIONS } from '#views';
import { CliError } from './client.js';

const NAMES = PROJECTIONS.map(({ name }) => name);

/**
 * For who only reads the views that several processes share: where they are not there and nobody makes them, they would be
 * waited for without end. @throws CliError NO_WORKER; DatabaseUnusable, SchemaNewer
 */
export const needViews = (databaseUrl: string): Promise<void> =>
  withWriter(databaseUrl, async (writer) => {
    await migrateViews(writer.db);
    if ((await standingOf(writer.db, NAMES)) === undefined) await refuseUnkept(writer);
  });

/** The same for who orders something of the one that keeps them. @throws CliError NO_WORKER */
export const needKeeper = (databaseUrl: string): Promise<void> => withWriter(databaseUrl, refuseUnkept);

async function withWriter(url: string, work: (writer: SqlWriter) => Promise<void>): Promise<void> {
  const writer = openWriter({ url });
  try {
    await work(writer);
  } finally {
    await writer.close();
  }
}

async function refuseUnkept(writer: SqlWriter): Promise<void> {
  const kept = new Error('kept');
  const isKept = (): never => {
    throw kept;
  };
  const hold = await writer.hold([VIEWS], isKept, new AbortController().signal).catch((error: unknown) => {
    if (error !== kept) throw error;
  });
  if (hold === undefined) return;
  await hold.release();
  throw new CliError(
    'NO_WORKER: no process keeps the views at the moment: start one (REDRESS_ROLE=all or worker), then say it again.',
  );
}
