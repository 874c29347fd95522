import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteFile, StatementCache, type SqliteFileOptions } from './file.js';
import type { ThreadAnswer, ThreadQuestion } from './thread-dialect.js';

/** Runs the statements that the thread dialect sends, so that a long query blocks this thread and no event loop. */
const database = openSqliteFile(workerData as SqliteFileOptions);
const statements = new StatementCache(database);

function answer({ id, text, parameters }: ThreadQuestion): ThreadAnswer {
  try {
    const statement = statements.get(text);
    if (!statement.reader) {
      const { changes, lastInsertRowid } = statement.run(parameters);
      return { id, columns: [], rows: [], changes, lastInsertRowid: BigInt(lastInsertRowid) };
    }
    const columns = statement.columns().map(({ name }) => name);
    return { id, columns, rows: statement.raw().all(parameters) as unknown[][] };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return { id, columns: [], rows: [], error: { message, code } };
  }
}

parentPort!.on('message', (question: ThreadQuestion | 'close') => {
  if (question === 'close') {
    database.close();
    parentPort!.close();
  } else {
    parentPort!.postMessage(answer(question));
  }
});
