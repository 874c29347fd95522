import { test } from '@jest/globals';
import { accepted, given, received, resolved } from '../testing/index.js';
import { recordOpinion } from './index.js';

test('H-6: the opinion on the result is kept', () => {
  given(received(), accepted(), resolved())
    .when(recordOpinion, { satisfied: false, score: 3, opinion: 'took too long' })
    .gives(['OpinionRecorded', { satisfied: false, score: 3 }])
    .leaves({ opinion: { satisfied: false, score: 3 } });
});
