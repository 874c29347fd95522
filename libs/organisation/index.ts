export * from './permissions.js';
export * from './directory.js';
export type { ApiKey, NewKey } from './keys.js';
export { LANGUAGES, PERSON_KINDS, type Language, type PersonKind } from './schema.js';
export type { NewPerson, Person, PersonChange } from './people.js';
export type { Post } from './posts.js';
export type { BegunSession, Session, SignInLink } from './sessions.js';
