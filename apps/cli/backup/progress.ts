import { Presets, SingleBar } from 'cli-progress';

/** Told what is worked on and how much of it is done, 0 to 1. */
export type Progress = (what: string, done: number) => void;

/** A bar where somebody watches, nothing where the output is a file. */
export function progressBar(): { readonly show: Progress; stop(): void } {
  if (!process.stderr.isTTY) return { show: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    { format: '{bar} {percentage}% | {what} | {duration_formatted}', clearOnComplete: false },
    Presets.shades_classic,
  );
  bar.start(100, 0, { what: '' });
  return { show: (what, done) => bar.update(Math.floor(done * 100), { what }), stop: () => bar.stop() };
}
