const CODES = {
  DATABASE_UNREACHABLE: 'cannot be reached',
  DATABASE_LOGIN_REFUSED: 'refuses the user or the password',
  DATABASE_MISSING: 'has no database of that name',
  DATABASE_NOT_ALLOWED: 'does not allow this user what is needed',
  DATABASE_FULL: 'has no room left',
  DATABASE_TLS: 'cannot be reached by the TLS that is asked for: see sslmode and sslrootcert of its URL',
  DATABASE_NOT_UTF8: 'does not keep text as UTF-8: create the database with encoding UTF8',
} as const;
type DatabaseFault = keyof typeof CODES;

/** PostgreSQL cannot be used as it is. The message names where it is and what is wrong, never the password. */
export class DatabaseUnusable extends Error {
  constructor(
    readonly code: DatabaseFault,
    url: string,
    cause?: unknown,
  ) {
    const said = wordsOf(cause);
    super(`PostgreSQL at ${addressOf(url)} ${CODES[code]}${said && ` (${said})`}.`, { cause });
  }

  /** Whether it may come back by itself, so that waiting makes sense. */
  get isTemporary(): boolean {
    return this.code === 'DATABASE_UNREACHABLE' || this.code === 'DATABASE_FULL';
  }
}

/** SQLSTATE or class of it, as PostgreSQL documents them in its appendix A. */
const SQL_STATES: readonly (readonly [state: string, fault: DatabaseFault])[] = [
  ['08', 'DATABASE_UNREACHABLE'],
  ['57P01', 'DATABASE_UNREACHABLE'],
  ['57P02', 'DATABASE_UNREACHABLE'],
  ['57P03', 'DATABASE_UNREACHABLE'],
  ['53300', 'DATABASE_UNREACHABLE'],
  ['28', 'DATABASE_LOGIN_REFUSED'],
  ['3D000', 'DATABASE_MISSING'],
  ['42501', 'DATABASE_NOT_ALLOWED'],
  ['53100', 'DATABASE_FULL'],
];

/** What sockets and the client say when the server is not there or goes away. */
const AWAY = /^(ECONN|ENOTFOUND|EHOST|ENET|ETIMEDOUT|EPIPE|EAI_)/;
const AWAY_SAYS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection)/;

/** What the client and Node say of TLS: a server without it, and certificates that are not trusted. */
const TLS_SAYS =
  /does not support SSL|self[- ]signed certificate|unable to (get|verify)|altnames|certificate has expired/;

/** The error as what it says about the database, or as it is where it says something about a statement. */
export function explained(error: unknown, url: string): unknown {
  if (error instanceof DatabaseUnusable || !hasMessage(error)) return error;
  const { code = '' } = error;
  const fault = SQL_STATES.find(([state]) => code.startsWith(state))?.[1];
  if (fault) return new DatabaseUnusable(fault, url, error);
  if (TLS_SAYS.test(error.message)) return new DatabaseUnusable('DATABASE_TLS', url, error);
  const isAway = AWAY.test(code) || AWAY_SAYS.test(error.message);
  return isAway ? new DatabaseUnusable('DATABASE_UNREACHABLE', url, error) : error;
}

interface Failure {
  readonly message: string;
  readonly code?: string;
}

/** Errors of sockets may come from another realm than ours, where they are no instances of our Error. */
const hasMessage = (error: unknown): error is Failure =>
  typeof (error as Partial<Failure> | null)?.message === 'string';

/** An error of several addresses says nothing by itself: its first one does. */
const wordsOf = (cause: unknown): string =>
  hasMessage(cause) ? cause.message || wordsOf((cause as { errors?: unknown[] }).errors?.[0]) : '';

function addressOf(url: string): string {
  try {
    const { hostname, port, pathname, username } = new URL(url);
    return `${hostname}:${port || '5432'}${pathname}${username ? ` as ${decodeURIComponent(username)}` : ''}`;
  } catch {
    return 'the address given';
  }
}
