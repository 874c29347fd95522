import type { OpenedPart } from '#kernel';
import { openedText, type Projection } from '../projections/projection.js';
import type { Row } from '../row.js';
import type { TableShape } from '../shape.js';
import type { Said } from './test-log.js';

type NoteRow = { subject: string; notes: number; last: string | null; erased: number; foreign: number };
const NOTES: TableShape<NoteRow> = {
  name: 'notes',
  columns: { subject: 'text', notes: 'integer', last: 'text', erased: 'integer', foreign: 'integer' },
  key: ['subject'],
  indexes: [{ columns: ['notes'] }],
};
const LETTERS: TableShape<{ letter: string; subject: string }> = {
  name: 'letters',
  columns: { letter: 'text', subject: 'text' },
  key: ['letter', 'subject'],
  heap: true,
  indexes: [{ columns: ['letter', 'subject'], unique: true }],
};
const LOGGED: TableShape<{ position: number; subject: string; type: string }> = {
  name: 'logged',
  columns: { position: 'integer', subject: 'text', type: 'text' },
  key: ['position'],
  indexes: [{ columns: ['subject'] }],
};
const TOTAL: TableShape<{ name: string; notes: number }> = {
  name: 'total',
  columns: { name: 'text', notes: 'integer' },
  key: ['name'],
  indexes: [],
};

/** Types of events that cannot be projected. */
export const poisoned = new Set<string>();
const isErased = (part: OpenedPart | undefined): number => Number(part !== undefined && 'erased' in part);

export const notes = (version = 1): Projection => ({
  name: 'notes',
  version,
  partition: 'subject',
  category: 'case',
  opens: { NoteAdded: ['text'] },
  tables: [
    { kind: 'rows', shape: NOTES, of: 'subject' },
    { kind: 'entries', shape: LOGGED, subject: 'subject' },
    {
      kind: 'derived',
      shape: LETTERS,
      from: NOTES,
      derive: ({ last, subject }: Row) =>
        [...new Set(String(last ?? ''))].map((letter) => ({ letter, subject: subject! })),
    },
  ],
  fold(event, tables) {
    tables.enter(LOGGED, { position: event.position, subject: event.subject, type: event.type });
    const rows = tables.rows(NOTES);
    const row = rows.get() ?? { subject: event.subject, notes: 0, last: null, erased: 0, foreign: 0 };
    const { text } = event.personal;
    rows.put({
      ...row,
      notes: row.notes + version,
      last: text ? openedText(text) : row.last,
      erased: row.erased + isErased(text),
    });
    if (poisoned.has(event.type)) throw new Error('poison');
  },
  foreign(_event, tables) {
    const row = tables.rows(NOTES).get();
    if (row) tables.rows(NOTES).put({ ...row, foreign: row.foreign + 1 });
  },
});

export const total: Projection = {
  name: 'total',
  version: 1,
  partition: 'all',
  category: 'case',
  opens: {},
  tables: [{ kind: 'rows', shape: TOTAL, of: 'all' }],
  fold(event, tables) {
    if (poisoned.has(event.type)) throw new Error('poison');
    const row = tables.rows(TOTAL).get('events') ?? { name: 'events', notes: 0 };
    tables.rows(TOTAL).put({ ...row, notes: row.notes + 1 });
  },
};

export const note = (key: string, text: string): Said => ({ type: 'NoteAdded', personal: { text: [key, text] } });
