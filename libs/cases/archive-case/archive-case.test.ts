import { test } from '@jest/globals';
import { accepted, closed, given, received, resolved, supervisor } from '../testing/index.js';
import { archiveCase } from './index.js';

test('A-6: a closed case is archived by year, by a supervisor', () => {
  const done = () => given(received(), accepted(), resolved(), closed());
  done()
    .when(archiveCase, { year: 2026 }, supervisor)
    .gives(['CaseArchived', { year: 2026 }])
    .leaves({ phase: 'archived' });
  done().when(archiveCase, { year: 2026 }).refused('ROLE_NOT_ALLOWED');
});

test('A-6: what is open is not archived', () => {
  given(received()).when(archiveCase, { year: 2026 }, supervisor).refused('CASE_NOT_ACCEPTED');
});
