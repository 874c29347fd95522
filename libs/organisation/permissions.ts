import { ROLES, type Role } from '#kernel';

/** What somebody may do besides giving commands, whose roles stand with each command. */
export const PERMISSIONS = [
  'read_cases',
  'open_personal_data',
  'replay',
  'read_people',
  'manage_keys',
  'manage_organisation',
  'import',
  'publish_rules',
  'manage_projections',
  'read_notifications',
  'manage_notifications',
  'manage_consumers',
  'confirm_clock',
  'move_test_clock',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** The one table of who may what. Services work with ids and codes: they see no personal word (EVENTS.md 9). */
const ROLES_WITH: Readonly<Record<Permission, readonly Role[]>> = {
  read_cases: ROLES,
  open_personal_data: ['agent', 'supervisor', 'auditor', 'administrator'],
  replay: ['agent', 'supervisor', 'auditor', 'administrator'],
  read_people: ROLES,
  manage_keys: ['administrator'],
  manage_organisation: ['administrator'],
  import: ['administrator'],
  publish_rules: ['administrator'],
  manage_projections: ['administrator'],
  read_notifications: ['supervisor', 'auditor', 'administrator'],
  manage_notifications: ['administrator'],
  manage_consumers: ['administrator'],
  confirm_clock: ['administrator'],
  move_test_clock: ['administrator'],
};

export const may = (role: Role, permission: Permission): boolean => ROLES_WITH[permission].includes(role);

/** What a role may, e.g. for the console to show only that. */
export const permissionsOf = (role: Role): Permission[] => PERMISSIONS.filter((permission) => may(role, permission));
