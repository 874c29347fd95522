import { openWriter, type SqlWriter } from '#sql';
import { PROJECTIONS } from '#views';
import { followProjector } from '../worker/shared-projector.js';
import { CliError } from './client.js';

/**
 * Has a view that several processes share built anew by the one that keeps it.
 * @throws CliError NO_WORKER where none does
 */
export async function rebuildShared(databaseUrl: string, view: string): Promise<void> {
  const writer = openWriter({ url: databaseUrl });
  try {
    await refuseUnkept(writer);
    const projector = await followProjector(databaseUrl, writer);
    try {
      await projector.rebuild(view);
    } finally {
      await projector.stop();
    }
  } finally {
    await writer.close();
  }
}

/** An order that nobody takes would be waited for without end. */
async function refuseUnkept(writer: SqlWriter): Promise<void> {
  const names = PROJECTIONS.map(({ name }) => name);
  const kept = new Error('kept');
  const isKept = (): never => {
    throw kept;
  };
  const hold = await writer.hold(names, isKept, new AbortController().signal).catch((error: unknown) => {
    if (error !== kept) throw error;
  });
  if (hold === undefined) return;
  await hold.release();
  throw new CliError(
    'NO_WORKER: no process keeps the views at the moment: start one (REDRESS_ROLE=all or worker), then say it again.',
  );
}
