export * from './permissions.js';
export * from './directory.js';
export type { ApiKey, NewKey } from './keys.js';
export { LANGUAGES, PERSON_KINDS, type Language, type PersonKind } from './schema.js';
export type { NewPerson, Person, PersonChange } from './people.js';
export type { Post } from './posts.js';
export type { BegunSession, Session, SignInLink } from './sessions.js';
export { Organisation, type OrganisationPorts, type Origin } from './organisation.js';
export {
  ORGANISATION_COMMANDS,
  type OrganisationCommand,
  type OrganisationCommandName,
  type OrganisationCommands,
} from './structure/commands.js';
export type { Label, OrganisationEvent, RecordedOrganisationEvent } from './structure/events.js';
export { endOf, Register, type Answering, type Gap, type Moment } from './structure/register.js';
export {
  ORGANISATION_STREAM,
  organisationAggregate,
  type Assignment,
  type OrganisationState,
  type UnitVersion,
} from './structure/state.js';
export {
  FILE_FORMATS,
  importOrganisation,
  readOrganisation,
  type FileFormat,
  type ImportSummary,
  type RowResult,
} from './file/import.js';
export { FileUnreadable } from './file/row.js';
