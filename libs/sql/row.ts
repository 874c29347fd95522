/** What a column of a view may hold on every SQL store. Booleans are 0 and 1, instants text, structures JSON text. */
export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

/** U+0000 as a visible sign: PostgreSQL refuses it in text and SQLite's functions stop at it (EVENTS.md 5). */
const NUL_SIGN = '\u2400';

export const withoutNul = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', NUL_SIGN) : text);

export const sqlValue = (value: SqlValue | undefined): SqlValue =>
  typeof value === 'string' ? withoutNul(value) : (value ?? null);
