import { test } from '@jest/globals';
import { given, received } from '../testing/index.js';
import { assessProfile } from './index.js';

test('I-9: profile and motive stand under the key of the party, and the log shows neither', () => {
  given(received())
    .when(assessProfile, { profile: 'professional', motive: 'respect' })
    .gives(['ProfileAssessed', { partyId: 'anna' }])
    .sealed({ profile: { keyId: 'anna' }, motive: { keyId: 'anna' } });
});

test('an assessment that says nothing, or is of nobody, is refused', () => {
  given(received()).when(assessProfile, {}).refused('NOTHING_CHANGES');
  given(received()).when(assessProfile, { partyId: 'bo', motive: 'venting' }).refused('UNKNOWN_PARTY');
});
