import { test } from '@jest/globals';
import { accepted, given, received } from '../testing/index.js';
import { recordInvestigation } from './index.js';

test('H-1: cause and impact go on record with whether the complaint is justified', () => {
  given(received(), accepted())
    .when(recordInvestigation, { justification: 'justified', cause: 'worn cable', impact: 'a floor' })
    .gives(['InvestigationRecorded', { justification: 'justified' }])
    .sealed({ cause: { mentions: ['anna'] }, impact: { mentions: ['anna'] } })
    .leaves({ justification: 'justified' });
});

test('H-1: what has not been taken on is not investigated', () => {
  given(received()).when(recordInvestigation, { justification: 'undetermined' }).refused('CASE_NOT_ACCEPTED');
});
