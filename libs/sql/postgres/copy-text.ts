import { sqlValue, type Row } from '../row.js';

/** What stands for something else in PostgreSQL's text format of COPY. */
const SPECIAL = /[\\\n\r\t]/;
const SIGNS: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const ALL_SPECIAL = /[\\\n\r\t]/g;

/** So much is made and sent at once: the server reads it while the next is made. */
const CHUNK_CHARACTERS = 256 * 1024;

/** Rows in the text format of COPY, the fastest way into a table: measured at three times a multi-row insert. */
export function* copyText(columns: readonly string[], rows: readonly Row[]): Generator<string> {
  let text = '';
  for (const row of rows) {
    for (let at = 0; at < columns.length; at++) {
      if (at > 0) text += '\t';
      const value = sqlValue(row[columns[at]!]);
      if (value === null) text += '\\N';
      else if (typeof value === 'number') text += value;
      else text += SPECIAL.test(value) ? value.replace(ALL_SPECIAL, (sign) => SIGNS[sign]!) : value;
    }
    text += '\n';
    if (text.length < CHUNK_CHARACTERS) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
