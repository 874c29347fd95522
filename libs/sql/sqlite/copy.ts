import Database from 'better-sqlite3';

const PAGES_AT_ONCE = 2_000;

export interface CopyOptions {
  /** In one go: readers that stay for long keep others from emptying the write-ahead log. */
  readonly atOnce?: boolean;
  /** Told how much of it is done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Copies a database as it is at one instant, beside whoever writes it, into one file without a write-ahead log. Nobody who
 * writes waits for it.
 * @throws SqliteError SQLITE_FULL and others where the copy cannot be written
 */
export async function copySqlite(from: string, to: string, { atOnce, onProgress }: CopyOptions = {}): Promise<void> {
  const source = new Database(from, { readonly: true, fileMustExist: true });
  try {
    // Held open, the snapshot stays the same over all steps: without it each commit of others would begin the copy anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await source.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        if (totalPages > 0) onProgress?.(1 - remainingPages / totalPages);
        return atOnce ? Math.max(totalPages, PAGES_AT_ONCE) : PAGES_AT_ONCE;
      },
    });
  } finally {
    source.close();
  }
  asOneFile(to);
}

/** Takes the write-ahead log of a database that nobody has open into its file: then the file is all of it. */
export function asOneFile(file: string): void {
  const database = new Database(file);
  try {
    database.pragma('journal_mode = DELETE');
  } finally {
    database.close();
  }
}
