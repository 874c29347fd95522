import { test } from '@jest/globals';
import { given, linked, received } from '../testing/index.js';
import { unlinkCase } from './index.js';

test('R-3: a link can be undone, on record', () => {
  given(received(), linked())
    .when(unlinkCase, { linkId: 'link-1', reasonCode: 'other_matter' })
    .gives(['CaseUnlinked', { linkId: 'link-1', otherCaseId: '2', reasonCode: 'other_matter' }])
    .leaves({ links: [] });
});

test('what is not linked cannot be', () => {
  given(received()).when(unlinkCase, { linkId: 'link-1', reasonCode: 'x' }).refused('NOT_LINKED');
  given(received(), linked()).when(unlinkCase, { linkId: 'link-2', reasonCode: 'x' }).refused('UNKNOWN_LINK');
});
