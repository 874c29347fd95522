const CODES = [
  'WRONG_SETTINGS',
  'EADDRINUSE',
  'EACCES',
  'EADDRNOTAVAIL',
  'ENOSPC',
  'EDQUOT',
  'SQLITE_FULL',
  'FOLDER_IN_USE',
  'FOLDER_UNUSABLE',
  'WRONG_MASTER_KEY',
  'MASTER_KEY_UNUSABLE',
  'SCHEMA_NEWER',
  'CHECKPOINT_AHEAD',
  'VIEWS_OF_ANOTHER_LOG',
  'OUTBOX_OF_ANOTHER_LOG',
  'LOG_ELSEWHERE',
  'LOG_HERE',
  'NO_LOG',
  'ACCESS_DENIED',
  'STORE_UNAVAILABLE',
];

/** What an operator can mend: its message says it all, and where in our code it arose says nothing. */
export function isStartUpFault(error: unknown): error is Error {
  const { code = '' } = error as { code?: string };
  return CODES.includes(code) || /^(DATABASE|REDIS)_/.test(code);
}

/** Which setting is meant, where the message does not say so itself. */
const SETTINGS: readonly (readonly [codes: RegExp, setting: string])[] = [
  [/^DATABASE_/, 'REDRESS_DATABASE_URL'],
  [/^REDIS_/, 'REDRESS_REDIS_URL'],
  [/^(ENOSPC|EDQUOT|SQLITE_FULL)$/, 'REDRESS_DATA'],
  [/^EADDRINUSE$/, 'PORT'],
  [/^EADDRNOTAVAIL$/, 'HOST'],
];

/** The line that an operator reads: which setting, what is wrong with it, what to do. */
export function startUpMessage(error: Error): string {
  const { code = '' } = error as { code?: string };
  const setting = SETTINGS.find(([codes]) => codes.test(code))?.[1];
  return setting === undefined ? error.message : `${setting}: ${error.message}`;
}
