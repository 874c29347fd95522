import type { CaseEvent } from '#cases';
import { openedText, reduce, type Projected, type ProjectedEvent, type Projection, type Row } from '#sql';
import { BOARD_REDUCERS, emptyRow, nameIn } from './reducers.js';
import { BOARD, CASE_TERM, CASE_TEXT, type BoardRow, type CaseTermRow, type CaseTextRow } from './tables.js';
import { normalised, termsIn } from './terms.js';

/** Which cases are there, how do they stand, and what breaks next? One row per case, and the words it is found by. */
export const caseBoardProjection: Projection = {
  name: 'case-board',
  version: 4,
  partition: 'subject',
  category: 'case',
  opens: {
    CaseReceived: ['subject', 'content', 'complainant', 'externalReference'],
    CaseResolved: ['resolution'],
    NoteAdded: ['text'],
    ReturnVisitMade: ['notes'],
  },
  tables: [
    { kind: 'rows', shape: BOARD, of: 'subject' },
    { kind: 'rows', shape: CASE_TEXT, of: 'subject' },
    { kind: 'derived', shape: CASE_TERM, from: CASE_TEXT, derive: (row: Row) => termRows(row as CaseTextRow) },
  ],
  fold(event, tables) {
    const board = tables.rows(BOARD);
    const before = board.get() ?? emptyRow(event);
    const after = reduce(BOARD_REDUCERS, before, event);
    // A reducer that changed something has made a row of its own: a second copy of so wide a row would be for nothing.
    const row: Mutable<BoardRow> = after === before ? { ...after } : after;
    row.updated_at = event.meta.recordedAt;
    row.last_revision = event.revision;
    row.last_position = event.position;
    board.put(row);
    const words = wordsOf(event);
    if (words === '') return;
    const texts = tables.rows(CASE_TEXT);
    const text = texts.get() ?? { case_id: event.subject, case_no: before.case_no, text: '' };
    texts.put({ ...text, text: text.text + words });
  },
  foreign({ revision, position, createdAt }, tables) {
    const board = tables.rows(BOARD);
    const row = board.get();
    if (!row) return;
    const foreign_events = row.foreign_events + 1;
    board.put({ ...row, foreign_events, updated_at: createdAt, last_revision: revision, last_position: position });
  },
};

type Mutable<R> = { -readonly [Column in keyof R]: R[Column] };

/** What of an event people search for. */
function wordsOf(event: ProjectedEvent): string {
  const it = event as Projected<CaseEvent>;
  switch (it.type) {
    case 'CaseReceived': {
      const { subject, content, complainant, externalReference } = it.personal;
      return [openedText(subject), openedText(content), nameIn(complainant), openedText(externalReference)]
        .map((text) => normalised(text ?? ''))
        .join('');
    }
    case 'CaseResolved':
      return normalised(openedText(it.personal.resolution) ?? '');
    case 'NoteAdded':
      return normalised(openedText(it.personal.text) ?? '');
    case 'ReturnVisitMade':
      return normalised(openedText(it.personal.notes) ?? '');
    default:
      return '';
  }
}

const termRows = ({ text, case_no }: CaseTextRow): CaseTermRow[] =>
  [...termsIn(text)].map((term) => ({ term, case_no }));
