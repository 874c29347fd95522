export * from './permissions.js';
export * from './directory.js';
export type { ApiKey, NewKey } from './keys.js';
export { PERSON_KINDS, type PersonKind } from './schema.js';
export type { NewPerson, Person } from './people.js';
export type { BegunSession, Session, SignInLink } from './sessions.js';
