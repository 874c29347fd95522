import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const APPENDER = fileURLToPath(new URL('./fsync-appender.js', import.meta.url));
const CALLS = 'pwrite64,write,fdatasync,fsync';

export interface SyncReport {
  readonly acknowledged: number;
  /** Marks of events that were acknowledged though no finished sync of the write-ahead log came after their write. */
  readonly unsynced: readonly string[];
}

export const hasStrace = (): boolean => spawnSync('strace', ['-V']).status === 0;

/**
 * Runs the embedded store under strace and looks, for every acknowledgement, whether a sync of the write-ahead log began
 * after the event's bytes were written there and ended before the acknowledgement. (That a killed process loses
 * nothing shows nothing: the page cache survives it.)
 * @throws Error where strace cannot trace
 */
export function traceSyncs(rounds: number): SyncReport {
  const folder = mkdtempSync(join(tmpdir(), 'redress-fsync-'));
  try {
    const trace = join(folder, 'trace');
    const options = ['-f', '-y', '-s', '8192', '-e', `trace=${CALLS}`, '-o', trace];
    const run = spawnSync('strace', [...options, process.execPath, APPENDER, join(folder, 'data'), String(rounds)]);
    if (run.status !== 0) throw new Error(`strace ended with ${run.status}: ${run.stderr.toString()}`);
    return judgeTrace(readFileSync(trace, 'utf8').split('\n'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Reads a trace in its order: bytes written are `written`, from the begin of a sync `syncing`, from its end `durable`. */
export function judgeTrace(lines: readonly string[]): SyncReport {
  let written = new Set<string>();
  const syncing = new Map<string, Set<string>>();
  const durable = new Set<string>();
  const unsynced: string[] = [];
  let acknowledged = 0;
  for (const line of lines) {
    const thread = line.split(' ', 1)[0]!;
    if (/ pwrite64\(\d+<[^>]*-wal>/.test(line)) for (const [mark] of line.matchAll(/mark\.\d+\./g)) written.add(mark);
    if (/ (fdatasync|fsync)\(\d+<[^>]*-wal>/.test(line)) {
      syncing.set(thread, written);
      written = new Set();
    }
    if (/(fdatasync|fsync)(\(| resumed>).*= 0$/.test(line)) {
      for (const mark of syncing.get(thread) ?? []) durable.add(mark);
      syncing.delete(thread);
    }
    const mark = / write\(1<.*acknowledged (mark\.\d+\.)/.exec(line)?.[1];
    if (mark === undefined) continue;
    acknowledged++;
    if (!durable.has(mark)) unsynced.push(mark);
  }
  return { acknowledged, unsynced };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { acknowledged, unsynced } = traceSyncs(Number(process.argv[2] ?? 250));
  console.log(
    `${acknowledged} acknowledgements, ${unsynced.length} without a sync of the log before them`,
    ...unsynced,
  );
  process.exitCode = acknowledged > 0 && unsynced.length === 0 ? 0 : 1;
}
