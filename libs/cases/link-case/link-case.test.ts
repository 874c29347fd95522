import { test } from '@jest/globals';
import { given, linked, received } from '../testing/index.js';
import { linkCase } from './index.js';

test('R-2: cases are linked, naming the rule', () => {
  given(received())
    .when(linkCase, { otherCaseId: '2', relation: 'repeat', rule: 'R-1.same-matter' })
    .gives(['CaseLinked', { linkId: 'id-1', otherCaseId: '2', relation: 'repeat', rule: 'R-1.same-matter' }])
    .told({ linkId: 'id-1' });
});

test('R-3: not to itself, and each relation once', () => {
  given(received()).when(linkCase, { otherCaseId: '1', relation: 'related' }).refused('OWN_CASE');
  given(received(), linked()).when(linkCase, { otherCaseId: '2', relation: 'related' }).refused('ALREADY_LINKED');
  given(received(), linked()).when(linkCase, { otherCaseId: '2', relation: 'repeat' }).gives(['CaseLinked']);
});

test('E-2: cases are gathered under one head, and no head is put under another', () => {
  given(received()).when(linkCase, { otherCaseId: '2', relation: 'head_case' }).gives(['CaseLinked']);
  given(received())
    .when(linkCase, { otherCaseId: '2', relation: 'part_of' })
    .and()
    .when(linkCase, { otherCaseId: '3', relation: 'part_of' })
    .refused('HAS_A_HEAD', { head: '2' })
    .and()
    .when(linkCase, { otherCaseId: '3', relation: 'head_case' })
    .refused('HAS_A_HEAD', { head: '2' });
  given(received())
    .when(linkCase, { otherCaseId: '2', relation: 'head_case' })
    .and()
    .when(linkCase, { otherCaseId: '3', relation: 'part_of' })
    .refused('IS_A_HEAD', { of: '2' });
});
