import { test } from '@jest/globals';
import { assigned, given, received } from '../testing/index.js';
import { transferCase } from './index.js';

test('H-1: another unit takes over and says itself who handles it', () => {
  given(received(), assigned('property', 'zhang'))
    .when(transferCase, { unit: 'engineering', reason: 'cracks' })
    .gives(['CaseTransferred', { fromUnit: 'property', unit: 'engineering' }])
    .leaves({ unit: 'engineering' });
});

test('what nobody has cannot be handed over, nor to who has it', () => {
  given(received()).when(transferCase, { unit: 'property' }).refused('NOT_ASSIGNED');
  given(received(), assigned('property')).when(transferCase, { unit: 'property' }).refused('SAME_UNIT');
});
