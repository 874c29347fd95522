import { openWriter, VIEWS } from '#sql';
import { CliError } from './client.js';

/** Whether any process keeps the views that several share: what only reads them would else wait without end. */
export async function viewsAreKept(databaseUrl: string): Promise<boolean> {
  const writer = openWriter({ url: databaseUrl });
  const kept = new Error('kept');
  const isKept = (): never => {
    throw kept;
  };
  try {
    const hold = await writer.hold([VIEWS], isKept, new AbortController().signal);
    await hold.release();
    return false;
  } catch (error) {
    if (error === kept) return true;
    throw error;
  } finally {
    await writer.close();
  }
}

/** @throws CliError NO_WORKER */
export async function needKeeper(databaseUrl: string): Promise<void> {
  if (!(await viewsAreKept(databaseUrl)))
    throw new CliError(
      'NO_WORKER: no process keeps the views at the moment: start one (REDRESS_ROLE=all or worker), then say it again.',
    );
}
