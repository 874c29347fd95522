import { accept, isRefusal, type JsonObject } from '#kernel';
import {
  CASE_KINDS,
  CHANNELS,
  CIRCUMSTANCES,
  type CaseKind,
  type Channel,
  type Circumstance,
  type OpenedFrom,
  type Party,
} from '../domain/index.js';
import { CaseCommand, decider, PersonDetails, personSecret, present, secretText } from '../command.js';
import { unknownCategory } from '../classify-case/index.js';
import {
  BooleanField,
  ChoiceField,
  CodeField,
  IdField,
  IntField,
  ListField,
  NestedField,
  TextField,
  ValuesField,
} from '../fields.js';
import { knownOf } from '../known.js';
import { readValues } from '../pack-fields.js';
import { unknownUnit } from '../units.js';

/** I-1…I-11: everything that is complained about or asked for is recorded, in whatever form it comes. */
export class ReceiveCase extends CaseCommand {
  @ChoiceField(CASE_KINDS)
  kind!: CaseKind;

  @ChoiceField(CHANNELS)
  channel!: Channel;

  @TextField({ optional: true, max: 1000 })
  subject?: string;

  @TextField({ description: 'What was said, as it was said' })
  content!: string;

  @NestedField(() => PersonDetails, { optional: true })
  complainant?: PersonDetails;

  @NestedField(() => PersonDetails, { optional: true, description: 'Who speaks for the complainant' })
  representative?: PersonDetails;

  @TextField({ optional: true, max: 1000, description: 'What others call this case' })
  externalReference?: string;

  @IntField({
    optional: true,
    min: 1,
    max: 1_000_000,
    description: 'How many complain together; 1 where left out (I-7)',
  })
  persons?: number;

  @CodeField({ optional: true, description: 'A category of the pack (I-8)' })
  category?: string;

  @IdField({ optional: true, description: 'The unit that handles it' })
  unit?: string;

  @ListField(CIRCUMSTANCES, { optional: true })
  circumstances?: Circumstance[];

  @IdField({ optional: true, description: 'Who took it in, where that was not the recording unit (I-6, I-12)' })
  receivedByUnit?: string;

  @CodeField({
    optional: true,
    description: 'The policy pack that rules it; the one its unit works under, else that of the desk, where left out',
  })
  pack?: string;

  @BooleanField({ optional: true, description: 'A small matter that was answered at once (I-11)' })
  answeredAtOnce?: boolean;

  @IdField({
    optional: true,
    description: 'The person who first received the customer, where another one records it (I-12)',
  })
  firstReceiver?: string;

  @ListField('id', { optional: true, description: 'The persons who are complained about (H-2)' })
  against?: string[];

  @ValuesField({ optional: true, description: "The pack's own fields, by id" })
  fields?: Record<string, string | number | boolean>;

  @IdField({ optional: true, description: 'The case from which this one was opened (H-7)' })
  openedFromCase?: string;

  @IdField({ optional: true, description: 'The customer whose milestone opened it (V-2)' })
  openedFromCustomer?: string;

  @CodeField({ optional: true, description: 'The routine visit of the pack that it is (V-2)' })
  visit?: string;
}

/**
 * Result: `complainant`, and `representative` where there is one: the ids of their parties. What is missing is no reason to
 * refuse it (I-2). Who took it in may be outside the organisation, who is to handle it may not.
 * Refusals: UNKNOWN_CATEGORY, UNKNOWN_UNIT (O-1), UNKNOWN_FIELD, FIELD_MALFORMED.
 */
export const receiveCase = decider<ReceiveCase>('ReceiveCase', (command, _state, facts) => {
  const { kind, channel, category, unit, receivedByUnit, externalReference } = command;
  // The unit first: which categories there are hangs on the pack that it works under.
  const noUnit = unknownUnit(unit, facts);
  if (noUnit !== undefined) return noUnit;
  if (category !== undefined && !facts.policy.knowsCategory(category)) return unknownCategory(category, facts.policy);
  const values = readValues(command.fields, facts.policy.fields);
  if (isRefusal(values)) return values;
  const { complainant: who, representative: speaker, subject, content } = command;
  const known = knownOf({ complainant: who, representative: speaker, subject, content, externalReference });
  const given = [...known, ...values.given];
  const complainant: Party = { partyId: facts.newKey(), role: 'complainant' };
  const representative: Party | undefined = command.representative && {
    partyId: facts.newKey(),
    role: 'representative',
  };
  const parties = [complainant, ...(representative ? [representative] : [])];
  const { partyId } = complainant;
  const result: JsonObject = present({ complainant: partyId, representative: representative?.partyId });
  return accept(
    [
      {
        type: 'CaseReceived',
        data: {
          kind,
          channel,
          parties,
          persons: command.persons ?? 1,
          circumstances: [...new Set(command.circumstances ?? [])],
          ...present({ category, unit, receivedByUnit, firstReceiver: command.firstReceiver }),
          ...openedFrom(command),
          ...(command.against === undefined ? {} : { against: [...new Set(command.against)] }),
          ...(Object.keys(values.open).length === 0 ? {} : { fields: values.open }),
          given,
          ...(command.answeredAtOnce === true ? { answeredAtOnce: true as const } : {}),
          ...(externalReference === undefined ? {} : { externalReferenceGiven: true as const }),
        },
        personal: present({
          subject: command.subject === undefined ? undefined : secretText(facts, [partyId], command.subject),
          content: secretText(facts, [partyId], command.content),
          complainant: personSecret(partyId, command.complainant),
          representative: representative && personSecret(representative.partyId, command.representative),
          externalReference: externalReference === undefined ? undefined : { keyId: partyId, value: externalReference },
          fields: values.personal && { keyId: partyId, value: values.personal },
        }),
      },
    ],
    result,
  );
});

function openedFrom({ openedFromCase, openedFromCustomer, visit }: ReceiveCase): { openedFrom?: OpenedFrom } {
  if (openedFromCase !== undefined) return { openedFrom: { caseId: openedFromCase } };
  if (openedFromCustomer === undefined || visit === undefined) return {};
  return { openedFrom: { customerId: openedFromCustomer, visit } };
}
