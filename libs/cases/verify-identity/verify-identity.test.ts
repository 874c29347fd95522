import { test } from '@jest/globals';
import { given, received } from '../testing/index.js';
import { verifyIdentity } from './index.js';

test('I-4: the complainant is verified against the customer file', () => {
  given(received())
    .when(verifyIdentity, { result: 'verified', customerId: 'c-9' })
    .gives(['IdentityVerified', { partyId: 'anna', result: 'verified', customerId: 'c-9' }])
    .leaves({ verified: { anna: 'verified' } });
});

test('I-4: who is not found goes on all the same', () => {
  given(received()).when(verifyIdentity, { result: 'not_found' }).leaves({ phase: 'received' });
});

test('somebody who is no party is refused', () => {
  given(received())
    .when(verifyIdentity, { partyId: 'bo', result: 'verified' })
    .refused('UNKNOWN_PARTY', {
      parties: ['anna'],
    });
});
