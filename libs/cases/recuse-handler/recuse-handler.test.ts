import { test } from '@jest/globals';
import { addNote } from '../add-note/index.js';
import { assigned, by, given, received, recused } from '../testing/index.js';
import { recuseHandler } from './index.js';

test('H-2: who is recused owns the case no more, and every command of theirs is refused', () => {
  given(received(), assigned('property', 'zhang'))
    .when(recuseHandler, { person: 'zhang', reasonCode: 'complained_about' })
    .gives(['HandlerRecused', { person: 'zhang' }])
    .and()
    .when(addNote, { text: 'but I know best' }, by('zhang'))
    .refused('HANDLER_RECUSED');
});

test('H-2, O-1: another key or a higher role does not help: the person is recused', () => {
  given(received(), recused('zhang'))
    .when(addNote, { text: 'x' }, by('zhang', 'administrator', 'key-2'))
    .refused('HANDLER_RECUSED');
});

test('once is enough', () => {
  given(received(), recused('zhang'))
    .when(recuseHandler, { person: 'zhang', reasonCode: 'x' })
    .refused('ALREADY_RECUSED');
});
