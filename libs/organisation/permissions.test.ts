import { expect, test } from '@jest/globals';
import { may, permissionsOf } from '#organisation';

test('EVENTS.md 9: services see no personal word, everybody else who reads cases does', () => {
  expect(may('service', 'open_personal_data')).toBe(false);
  for (const role of ['agent', 'supervisor', 'auditor', 'administrator'] as const) {
    expect(may(role, 'open_personal_data')).toBe(true);
  }
});

test('keys, import, projections and clocks are the administrator’s', () => {
  expect(permissionsOf('administrator')).toContain('import');
  for (const role of ['agent', 'supervisor', 'auditor', 'service'] as const) {
    expect(permissionsOf(role).filter((it) => /^(manage|import|confirm|move)/.test(it))).toEqual([]);
  }
});

test('whatever a role may, it may read cases', () => {
  for (const role of ['agent', 'supervisor', 'auditor', 'service', 'administrator'] as const) {
    expect(may(role, 'read_cases')).toBe(true);
  }
});
