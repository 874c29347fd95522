import { test } from '@jest/globals';
import { ENGINE } from '#kernel';
import {
  accepted,
  administrator,
  agent,
  by,
  compensationProposed,
  given,
  received,
  supervisor,
} from '../testing/index.js';
import { approveCompensation } from './index.js';

const approve = { compensationId: 'compensation-1' };
const proposed = (proposedBy = 'li') => given(received(), accepted(), compensationProposed({ proposedBy }));

test('H-5: a supervisor approves what the matrix lets a supervisor approve', () => {
  proposed()
    .when(approveCompensation, approve, supervisor)
    .gives(['CompensationApproved', { approvedBy: 'wang' }])
    .and()
    .when(approveCompensation, approve, supervisor)
    .refused('NO_APPROVAL_PENDING');
});

test('H-5: nobody approves a compensation they proposed, under whatever key', () => {
  proposed('wang').when(approveCompensation, approve, supervisor).refused('OWN_PROPOSAL');
  proposed('wang')
    .when(approveCompensation, approve, by('wang', 'administrator', 'key-2'))
    .refused('OWN_PROPOSAL');
});

test('H-5: an agent, a service or the engine approves nothing; a higher role may', () => {
  proposed('bo').when(approveCompensation, approve, agent).refused('APPROVER_ROLE_NEEDED', { needed: 'supervisor' });
  proposed('bo').when(approveCompensation, approve, by('crm', 'service')).refused('ROLE_NOT_ALLOWED');
  proposed('bo').when(approveCompensation, approve, ENGINE).refused('APPROVER_ROLE_NEEDED');
  proposed('bo').when(approveCompensation, approve, administrator).gives(['CompensationApproved']);
});

test('H-5: what the ruling reserves to an administrator no supervisor approves', () => {
  given(
    received(),
    accepted(),
    compensationProposed({ ruling: { rule: 'H-5.large', approverRole: 'administrator', source: '·' } }),
  )
    .when(approveCompensation, approve, supervisor)
    .refused('APPROVER_ROLE_NEEDED', { needed: 'administrator', rule: 'H-5.large' });
});

test('a compensation that nobody proposed is refused', () => {
  proposed().when(approveCompensation, { compensationId: 'x' }, supervisor).refused('UNKNOWN_COMPENSATION');
});
