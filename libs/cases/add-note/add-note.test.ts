import { test } from '@jest/globals';
import { accepted, by, closed, given, received, resolved } from '../testing/index.js';
import { addNote } from './index.js';

test('I-2: a note is kept as it was said, on a closed case too, by another system too', () => {
  given(received(), accepted(), resolved(), closed())
    .when(addNote, { text: ' <script>\u0000\t' }, by('crm', 'service'))
    .gives(['NoteAdded', { noteId: 'id-1' }])
    .told({ noteId: 'id-1' })
    .sealed({ text: { mentions: ['anna'] } });
});

test('what is archived takes no notes', () => {
  given(received(), { type: 'CaseArchived', data: { year: 2026 } })
    .when(addNote, { text: 'x' })
    .refused('CASE_ARCHIVED', { legal: ['LinkCase'] });
});
