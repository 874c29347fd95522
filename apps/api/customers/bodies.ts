import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length } from 'class-validator';
import {
  BooleanField,
  ChoiceField,
  CodeField,
  IdField,
  InstantField,
  ListField,
  NestedField,
  NestedListField,
  TextField,
} from '#cases';
import {
  CUSTOMER_KINDS,
  type CustomerCommandName,
  type CustomerKind,
  type Details,
  type RegisterCustomer,
} from '#customers';
import type { Instant } from '#kernel';
import type { Constructor } from '../http/validate.js';

const LINE = 1000;
const line = (description?: string): PropertyDecorator =>
  TextField({ optional: true, max: LINE, ...(description === undefined ? {} : { description }) });
const words = (description: string): PropertyDecorator => TextField({ optional: true, description });

/** What is known of a customer or contact; all of it is personal. */
export class CustomerDetails implements Details {
  @line('Needed')
  name?: string;

  @line()
  phone?: string;

  @line()
  secondPhone?: string;

  @line()
  email?: string;

  @line()
  address?: string;

  @line()
  room?: string;

  @line()
  plate?: string;

  @line('How another system knows them')
  reference?: string;

  @line('What a contact is to the customer')
  position?: string;
}

export class RecordMilestoneBody {
  @CodeField({ description: 'A milestone of the pack' })
  milestone!: string;

  @InstantField({ optional: true, description: 'When it was reached; now where left out' })
  reachedAt?: Instant;

  @words('What else is to be said')
  remarks?: string;
}

export class RegisterCustomerBody implements RegisterCustomer {
  @ChoiceField(CUSTOMER_KINDS, { optional: true, description: 'person where left out' })
  kind?: CustomerKind;

  @NestedField(() => CustomerDetails)
  details!: CustomerDetails;

  @IdField({ optional: true, description: 'The unit that the customer is with' })
  unit?: string;

  @CodeField({
    optional: true,
    description: 'The policy pack that speaks of the customer; the one of the desk where left out',
  })
  pack?: string;

  @CodeField({ optional: true, description: 'How they agreed to the file (C-3), in a code of your own' })
  consent?: string;

  @CodeField({ optional: true, description: 'A tier of the pack' })
  tier?: string;

  @ListField('code', { optional: true, description: 'Why it is a quality customer' })
  qualityGrounds?: string[];

  @ListField('code', { optional: true, description: 'The groups of owners who are listed apart' })
  specialOwner?: string[];

  @NestedListField(() => RecordMilestoneBody, { optional: true })
  milestones?: RecordMilestoneBody[];

  @NestedListField(() => CustomerDetails, { optional: true })
  contacts?: CustomerDetails[];
}

class CorrectDetailsBody {
  @NestedField(() => CustomerDetails, { description: 'All of them, as they are now' })
  details!: CustomerDetails;

  @words('Why')
  reason?: string;
}

class ChangeUnitBody {
  @IdField()
  unit!: string;
}

class ReviewFileBody {
  @words('What was found')
  remarks?: string;
}

class AssignTierBody {
  @CodeField({ description: 'A tier of the pack' })
  tier!: string;

  @words('Why')
  reason?: string;
}

class EstablishQualityBody {
  @CodeField({ description: 'A ground of the pack' })
  ground!: string;

  @words('What it rests on')
  remarks?: string;
}

class WithdrawQualityBody {
  @CodeField({ description: 'A ground that is established' })
  ground!: string;

  @words('Why')
  reason?: string;
}

class ListSpecialOwnerBody {
  @ListField('code', { min: 1, description: 'The groups of the pack that they are of now' })
  groups!: string[];
}

class UnlistSpecialOwnerBody {
  @words('Why')
  reason?: string;
}

class CorrectMilestoneBody {
  @IdField()
  milestoneId!: string;

  @InstantField({ description: 'When it was reached in truth' })
  reachedAt!: Instant;

  @words('Why')
  reason?: string;
}

class WithdrawMilestoneBody {
  @IdField()
  milestoneId!: string;

  @CodeField()
  reasonCode!: string;

  @words('Why')
  reason?: string;
}

class AddContactBody {
  @NestedField(() => CustomerDetails)
  details!: CustomerDetails;
}

class CorrectContactBody extends AddContactBody {
  @IdField()
  contactId!: string;
}

class RemoveContactBody {
  @IdField()
  contactId!: string;
}

class AssignLiaisonBody {
  @IdField({ description: 'A person of ours' })
  person!: string;

  @IdField({ optional: true, description: 'Whom they replace' })
  inPlaceOf?: string;

  @BooleanField({ optional: true, description: 'Whether the customer was told of the change' })
  customerTold?: boolean;
}

class AddNoteBody {
  @TextField()
  text!: string;
}

/** What each command says, as a class whose decorators validate it and write the OpenAPI document. */
export const CUSTOMER_BODIES: Readonly<
  Record<Exclude<CustomerCommandName, 'SettleCustomer' | 'EndVisit'>, Constructor>
> = {
  RegisterCustomer: RegisterCustomerBody,
  CorrectDetails: CorrectDetailsBody,
  ChangeUnit: ChangeUnitBody,
  ReviewFile: ReviewFileBody,
  AssignTier: AssignTierBody,
  EstablishQuality: EstablishQualityBody,
  WithdrawQuality: WithdrawQualityBody,
  ListSpecialOwner: ListSpecialOwnerBody,
  UnlistSpecialOwner: UnlistSpecialOwnerBody,
  RecordMilestone: RecordMilestoneBody,
  CorrectMilestone: CorrectMilestoneBody,
  WithdrawMilestone: WithdrawMilestoneBody,
  AddContact: AddContactBody,
  CorrectContact: CorrectContactBody,
  RemoveContact: RemoveContactBody,
  AssignLiaison: AssignLiaisonBody,
  AddNote: AddNoteBody,
};

/** As much text as one import takes. */
const MOST_CHARACTERS = 5_000_000;

export class ImportCustomersBody {
  @ApiProperty({ description: 'A CSV file with a header' })
  @IsString()
  @Length(1, MOST_CHARACTERS)
  readonly text!: string;

  @ApiPropertyOptional({ description: 'Says what would become of each row, and records nothing' })
  @IsOptional()
  @IsBoolean()
  readonly dryRun?: boolean;
}
