import { forgetViews, VIEWS, type SqlWriter } from '#sql';
import { CliError } from '../client.js';

/** Views that nobody else keeps as long as they are held. */
export interface HeldViews {
  /** Drops them: they are made anew from whatever log is named then. */
  forget(): Promise<void>;
  release(): Promise<void>;
}

/** @throws CliError where a server keeps them, so that there is one that writes */
export async function holdViews(writer: SqlWriter): Promise<HeldViews> {
  const isKept = (): never => {
    throw new CliError('ENGINE_RUNNING: a running server keeps the views: stop it first.');
  };
  const hold = await writer.hold([VIEWS], isKept, new AbortController().signal);
  return { forget: () => forgetViews(writer.db), release: () => hold.release() };
}
