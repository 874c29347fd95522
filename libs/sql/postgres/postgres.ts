import {
  Kysely,
  PostgresDialect,
  PostgresIntrospector,
  type Logger,
  type PostgresPool,
  type PostgresPoolClient,
  type TableMetadata,
} from 'kysely';
import { currentSchema, tablesOf } from '../dialect.js';
import pg from 'pg';
import { DatabaseUnusable, explained } from './errors.js';
import { withoutNul } from '../row.js';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with what else libpq takes, e.g. `?sslmode=require`. */
  readonly url: string;
  /** How many connections at most. Default 10. */
  readonly connections?: number;
  /** By what the server and other processes know its sessions. Default `redress`. */
  readonly name?: string;
  /** Told of each statement after it ran. */
  readonly log?: Logger;
}

const CONNECT_MS = 10_000;
const INT8 = 20;

/** Eight-byte integers are positions and counts, which a number of JavaScript holds exactly. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

export const connectionOf = (url: string, name = 'redress'): pg.ClientConfig => ({
  connectionString: url,
  application_name: name,
  connectionTimeoutMillis: CONNECT_MS,
  keepAlive: true,
  types,
});

/**
 * Our queries are short and led by an index: compiling one takes longer than running it, and pages out of order cost what
 * others cost on disks without arms. Dead peers are found within half a minute, so that
 * what they hold is free again.
 */
export const SESSION = `set jit = off; set random_page_cost = 1.1; set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3;
  set client_min_messages = warning`;

/** A pool whose errors say what is wrong with the database, and whose text parameters PostgreSQL takes. */
export class Connections implements PostgresPool {
  private readonly pool: pg.Pool;
  private readonly known = new WeakMap<pg.PoolClient, PostgresPoolClient>();

  constructor(private readonly options: PostgresOptions) {
    this.pool = new pg.Pool({ ...connectionOf(options.url, options.name), max: options.connections ?? 10 });
    // A connection that breaks while nobody uses it concerns nobody: the pool makes another one.
    this.pool.on('error', () => undefined);
  }

  /** The driver's own client, for what goes beyond statements. */
  async client(): Promise<pg.PoolClient> {
    try {
      const client = await this.pool.connect();
      if (!this.known.has(client)) await this.prepare(client);
      return client;
    } catch (error) {
      throw explained(error, this.options.url);
    }
  }

  async connect(): Promise<PostgresPoolClient> {
    return this.known.get(await this.client())!;
  }

  /** The client as the query builder uses it. */
  of(client: pg.PoolClient): PostgresPoolClient {
    return this.known.get(client)!;
  }

  end(): Promise<void> {
    return this.pool.end();
  }

  explained(error: unknown): unknown {
    return explained(error, this.options.url);
  }

  private async prepare(client: pg.PoolClient): Promise<void> {
    // One that breaks in somebody's hands fails their statement; the event beside it must not end the process.
    client.on('error', () => undefined);
    try {
      await client.query(SESSION);
      const { rows } = await client.query<{ encoding: string }>(
        `select current_setting('server_encoding') as encoding`,
      );
      if (rows[0]!.encoding !== 'UTF8') throw new DatabaseUnusable('DATABASE_NOT_UTF8', this.options.url);
    } catch (error) {
      client.release(true);
      throw error;
    }
    const query = async (text: string, parameters: readonly unknown[]): Promise<pg.QueryResult> => {
      try {
        return await client.query(text, parameters.map(parameter));
      } catch (error) {
        throw this.explained(error);
      }
    };
    this.known.set(client, { query, release: () => client.release() } as unknown as PostgresPoolClient);
  }
}

/** U+0000 is escaped in what is asked as it is in what is stored (EVENTS.md 5). */
const parameter = (value: unknown): unknown => (typeof value === 'string' ? withoutNul(value) : value);

/**
 * What the migrator asks for: which tables of our schema there are. Kysely's own answer goes through every column of every
 * schema, and fails where somebody else's table vanishes meanwhile.
 */
class OwnTables extends PostgresIntrospector {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  constructor(private readonly asked: Kysely<any>) {
    super(asked);
  }

  override async getTables(): Promise<TableMetadata[]> {
    const schema = await currentSchema(this.asked);
    return (await tablesOf(this.asked)).map((name) => ({
      schema,
      name,
      isView: false,
      columns: [],
    }));
  }
}

/** @throws DatabaseUnusable from the first query on */
export class OwnPostgres extends PostgresDialect {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  override createIntrospector(db: Kysely<any>): OwnTables {
    return new OwnTables(db);
  }
}

/** Opens a database for queries. `destroy()` closes it. @throws DatabaseUnusable from the first query on */
export const openPostgres = <Schema>(options: PostgresOptions): Kysely<Schema> =>
  new Kysely<Schema>({
    dialect: new OwnPostgres({ pool: new Connections(options) }),
    ...(options.log && { log: options.log }),
  });
