import { test } from '@jest/globals';
import { accepted, by, declined, given, received, supervisor } from '../testing/index.js';
import { acceptCase } from './index.js';

test('a received case is accepted and handling begins', () => {
  given(received()).when(acceptCase, {}).gives(['CaseAccepted']).leaves({ phase: 'handling' });
});

test('an illegal move is refused with what would be legal for who sent it', () => {
  given(received(), declined())
    .when(acceptCase, {})
    .refused('CASE_DECLINED', {
      phase: 'declined',
      legal: ['FillForm', 'NotifyCustomer', 'ReopenCase', 'AddNote', 'AddAttachment', 'LinkCase'],
    });
  given(received(), declined())
    .when(acceptCase, {}, supervisor)
    .refused('CASE_DECLINED', {
      phase: 'declined',
      legal: [
        'FillForm',
        'NotifyCustomer',
        'ReopenCase',
        'ArchiveCase',
        'AddNote',
        'AddAttachment',
        'LinkCase',
        'MoveCaseToPolicy',
      ],
    });
  given(received(), accepted()).when(acceptCase, {}).refused('CASE_IN_HANDLING');
});

test('auditors never command, and services do not handle', () => {
  given(received()).when(acceptCase, {}, by('eve', 'auditor')).refused('ROLE_NOT_ALLOWED');
  given(received()).when(acceptCase, {}, by('crm', 'service')).refused('ROLE_NOT_ALLOWED');
});
