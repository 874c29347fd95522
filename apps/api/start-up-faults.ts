const CODES = [
  'WRONG_SETTINGS',
  'EADDRINUSE',
  'EACCES',
  'EADDRNOTAVAIL',
  'FOLDER_IN_USE',
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
