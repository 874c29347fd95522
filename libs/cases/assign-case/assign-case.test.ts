import { test } from '@jest/globals';
import { accepted, assigned, given, received, recused, resolved } from '../testing/index.js';
import { assignCase } from './index.js';

test('H-1: a case is assigned to a unit and a person, accepted or not', () => {
  given(received(), accepted())
    .when(assignCase, { unit: 'property', owner: 'zhang' })
    .gives(['CaseAssigned', { unit: 'property', owner: 'zhang' }])
    .leaves({ unit: 'property', owner: 'zhang' });
  given(received()).when(assignCase, { unit: 'property' }).leaves({ phase: 'received', unit: 'property' });
});

test('H-2: nobody who is recused becomes the owner', () => {
  given(received(), recused('zhang')).when(assignCase, { unit: 'property', owner: 'zhang' }).refused('OWNER_RECUSED');
});

test('the same assignment again, or one after the result, is refused', () => {
  given(received(), assigned('property')).when(assignCase, { unit: 'property' }).refused('NOTHING_CHANGES');
  given(received(), accepted(), resolved()).when(assignCase, { unit: 'property' }).refused('CASE_RESOLVED');
});
