import { Worker } from 'node:worker_threads';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { SqliteFileOptions } from './file.js';

export interface ThreadQuestion {
  readonly id: number;
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** Rows travel as arrays: the names of the columns are sent once. */
export interface ThreadAnswer {
  readonly id: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly changes?: number;
  readonly lastInsertRowid?: bigint;
  readonly error?: { readonly message: string; readonly code: string | undefined };
}

interface Asked {
  readonly resolve: (answer: ThreadAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** A statement that the database refused. `code` is SQLite's, e.g. `SQLITE_CONSTRAINT_UNIQUE`. */
export class SqliteRefused extends Error {
  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

/** Kysely on SQLite whose statements run on a thread of their own. */
export const threadDialect = (options: SqliteFileOptions): Dialect => ({
  createDriver: () => new ThreadDriver(options),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
});

class ThreadDriver implements Driver {
  private connection: ThreadConnection | undefined;
  private turn: Promise<void> = Promise.resolve();
  private endTurn: () => void = () => undefined;

  constructor(private readonly options: SqliteFileOptions) {}

  async init(): Promise<void> {
    this.connection = new ThreadConnection(this.options);
  }

  /** Where there is writing, one user at a time has the connection, or a stranger's statement would join a transaction. */
  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.options.readonly) {
      const before = this.turn;
      let end!: () => void;
      this.turn = new Promise((resolve) => (end = resolve));
      await before;
      this.endTurn = end;
    }
    return this.connection!;
  }

  async releaseConnection(): Promise<void> {
    this.endTurn();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(this.options.readonly ? 'begin' : 'begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    await this.connection?.close();
  }
}

class ThreadConnection implements DatabaseConnection {
  private readonly worker: Worker;
  private readonly asked = new Map<number, Asked>();
  private lastId = 0;
  private failure: Error | undefined;

  constructor(options: SqliteFileOptions) {
    this.worker = new Worker(new URL('./sqlite-thread.js', import.meta.url), { workerData: options });
    this.worker.unref();
    this.worker.on('message', (answer: ThreadAnswer) => this.settle(answer));
    this.worker.on('error', (error) => this.fail(error as Error));
    this.worker.on('exit', () => this.fail(new Error('the database was closed')));
  }

  async executeQuery<R>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { columns, rows, changes, lastInsertRowid } = await this.ask(text, parameters);
    return {
      rows: rows.map((values) => Object.fromEntries(columns.map((column, at) => [column, values[at]]))) as R[],
      ...(changes !== undefined && { numAffectedRows: BigInt(changes) }),
      ...(lastInsertRowid !== undefined && { insertId: lastInsertRowid }),
    };
  }

  // eslint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('a query on a thread of its own is answered whole: page it instead of streaming it');
  }

  async close(): Promise<void> {
    if (this.failure) return;
    const gone = new Promise((resolve) => this.worker.once('exit', resolve));
    this.worker.ref();
    this.worker.postMessage('close');
    await gone;
  }

  private ask(text: string, parameters: readonly unknown[]): Promise<ThreadAnswer> {
    if (this.failure) return Promise.reject(this.failure);
    const id = ++this.lastId;
    if (this.asked.size === 0) this.worker.ref();
    this.worker.postMessage({ id, text, parameters } satisfies ThreadQuestion);
    return new Promise((resolve, reject) => this.asked.set(id, { resolve, reject }));
  }

  private settle(answer: ThreadAnswer): void {
    const asked = this.asked.get(answer.id)!;
    this.asked.delete(answer.id);
    if (this.asked.size === 0) this.worker.unref();
    if (answer.error) asked.reject(new SqliteRefused(answer.error.message, answer.error.code));
    else asked.resolve(answer);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.asked.values()) reject(this.failure);
    this.asked.clear();
  }
}
