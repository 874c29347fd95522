import { forgetViews, type SqlWriter } from '#sql';
import { PROJECTIONS } from '#views';
import { CliError } from '../client.js';

/** Views that nobody else keeps as long as they are held. */
export interface HeldViews {
  /** Drops them: they are made anew from whatever log is named then. */
  forget(): Promise<void>;
  release(): Promise<void>;
}

/** @throws CliError where a server keeps them, so that there is one that writes */
export async function holdViews(writer: SqlWriter): Promise<HeldViews> {
  const isKept = (name: string): never => {
    throw new CliError(`ENGINE_RUNNING: a running server keeps ${name}: stop it first.`);
  };
  const names = PROJECTIONS.map(({ name }) => name);
  const hold = await writer.hold(names, isKept, new AbortController().signal);
  return { forget: () => forgetViews(writer.db), release: () => hold.release() };
}
