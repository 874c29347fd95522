import { endAbsence, recordAbsence, type EndAbsence, type RecordAbsence } from './absences.js';
import { assignPost, definePost, endPost, type AssignPost, type DefinePost, type EndPost } from './posts.js';
import { closeUnit, defineUnit, type CloseUnit, type DefineUnit, type OrganisationDecide } from './units.js';

/** What each command says, by its name. */
export interface OrganisationCommands {
  readonly DefineUnit: DefineUnit;
  readonly CloseUnit: CloseUnit;
  readonly DefinePost: DefinePost;
  readonly AssignPost: AssignPost;
  readonly EndPost: EndPost;
  readonly RecordAbsence: RecordAbsence;
  readonly EndAbsence: EndAbsence;
}
export type OrganisationCommandName = keyof OrganisationCommands;

/** A command with its name. */
export type OrganisationCommand = {
  readonly [Name in OrganisationCommandName]: { readonly name: Name; readonly command: OrganisationCommands[Name] };
}[OrganisationCommandName];

const DECIDERS: { readonly [Name in OrganisationCommandName]: OrganisationDecide<OrganisationCommands[Name]> } = {
  DefineUnit: defineUnit,
  CloseUnit: closeUnit,
  DefinePost: definePost,
  AssignPost: assignPost,
  EndPost: endPost,
  RecordAbsence: recordAbsence,
  EndAbsence: endAbsence,
};

export const ORGANISATION_COMMANDS = Object.keys(DECIDERS) as readonly OrganisationCommandName[];

/** Takes the command that goes with the name: the pairing is the type's, which the compiler cannot follow here. */
export const deciderOf = (name: OrganisationCommandName): OrganisationDecide<object> =>
  DECIDERS[name] as OrganisationDecide<object>;
