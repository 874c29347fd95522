import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { BooleanField, IdField, InstantField, ListField, NestedField, TextField } from '#cases';
import { FILE_FORMATS, type FileFormat, type OrganisationCommandName, type OrganisationCommands } from '#organisation';
import type { Constructor } from '../http/validate.js';

const MOST_CHARACTERS = 5_000_000;
const LABEL_CHARACTERS = 200;

export class LabelBody {
  @TextField({ optional: true, max: LABEL_CHARACTERS })
  zh?: string;

  @TextField({ optional: true, max: LABEL_CHARACTERS })
  en?: string;
}

export class DefineUnitBody implements Partial<OrganisationCommands['DefineUnit']> {
  @IdField()
  unit!: string;

  @NestedField(() => LabelBody, { optional: true })
  label?: LabelBody;

  @IdField({ optional: true, description: 'The unit above it' })
  parent?: string;

  @IdField({ optional: true, description: 'Posts can be needed in units of a kind, e.g. branch' })
  kind?: string;

  @IdField({ optional: true, description: 'The policy pack that it works under' })
  pack?: string;

  @InstantField({ optional: true, description: 'Since always for a new unit, else now, where left out' })
  from?: string;
}

export class CloseUnitBody implements Partial<OrganisationCommands['CloseUnit']> {
  @IdField()
  unit!: string;

  @InstantField({ optional: true })
  from?: string;
}

export class DefinePostBody implements Partial<OrganisationCommands['DefinePost']> {
  @IdField({ description: 'The word by which packs name it, e.g. unit_head' })
  post!: string;

  @NestedField(() => LabelBody, { optional: true })
  label?: LabelBody;

  @BooleanField({ optional: true, description: 'One person at a time in a unit, or organisation-wide (O-2)' })
  single?: boolean;

  @ListField('id', { optional: true, description: 'Units that must have a holder: all, or the kinds of unit (O-2)' })
  neededIn?: string[];

  @BooleanField({ optional: true, description: 'A change of holder is registered with its reason (O-2)' })
  inWriting?: boolean;
}

class PlaceBody {
  @IdField()
  post!: string;

  @IdField({ optional: true, description: 'Organisation-wide where left out' })
  unit?: string;

  @IdField({ description: 'The id of a person of the directory' })
  person!: string;

  @TextField({ optional: true, max: 1000 })
  reason?: string;
}

export class AssignPostBody extends PlaceBody implements Partial<OrganisationCommands['AssignPost']> {
  @InstantField({ optional: true, description: 'Now where left out' })
  from?: string;

  @InstantField({ optional: true, description: 'The first instant at which they do not hold it any more' })
  to?: string;

  @BooleanField({ optional: true, description: 'Whoever holds it is relieved when this one begins' })
  change?: boolean;
}

export class EndPostBody extends PlaceBody implements Partial<OrganisationCommands['EndPost']> {
  @InstantField({ optional: true, description: 'The first instant at which they do not hold it; now where left out' })
  to?: string;
}

export class RecordAbsenceBody implements Partial<OrganisationCommands['RecordAbsence']> {
  @IdField()
  person!: string;

  @IdField({ description: 'Who stands in for them in all their posts' })
  delegate!: string;

  @InstantField({ optional: true })
  from?: string;

  @InstantField({ optional: true, description: 'The first instant at which they are back' })
  to?: string;
}

export class EndAbsenceBody implements Partial<OrganisationCommands['EndAbsence']> {
  @IdField()
  person!: string;

  @InstantField({ optional: true, description: 'The first instant at which they are back; now where left out' })
  to?: string;
}

/** What each command says, as a class whose decorators validate it and write the OpenAPI document. */
export const ORGANISATION_BODIES: Readonly<Record<OrganisationCommandName, Constructor>> = {
  DefineUnit: DefineUnitBody,
  CloseUnit: CloseUnitBody,
  DefinePost: DefinePostBody,
  AssignPost: AssignPostBody,
  EndPost: EndPostBody,
  RecordAbsence: RecordAbsenceBody,
  EndAbsence: EndAbsenceBody,
};

export class ImportOrganisationBody {
  @ApiProperty({ description: 'The file' })
  @IsString()
  @Length(1, MOST_CHARACTERS)
  readonly text!: string;

  @ApiProperty({ enum: FILE_FORMATS })
  @IsIn(FILE_FORMATS)
  readonly format!: FileFormat;

  @ApiPropertyOptional({ description: 'Says what would become of each row, and records nothing' })
  @IsOptional()
  @IsBoolean()
  readonly dryRun?: boolean;

  @ApiPropertyOptional({ description: 'People whom the directory does not know are made' })
  @IsOptional()
  @IsBoolean()
  readonly createPeople?: boolean;
}
