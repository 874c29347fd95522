import { accept, isRefusal, refuse } from '#kernel';
import { mainComplainant } from '../domain/index.js';
import { CaseCommand, decider, PersonDetails, personSecret, present } from '../command.js';
import { CodeField, ListField, NestedField, ValuesField } from '../fields.js';
import { knownOf } from '../known.js';
import { readValues } from '../pack-fields.js';

/** I-2: what was missing when the case came in. What is not to be had is waived, with the reason. */
export class AmendIntake extends CaseCommand {
  @NestedField(() => PersonDetails, { optional: true, description: 'What is known of the complainant now' })
  complainant?: PersonDetails;

  @ValuesField({ optional: true, description: "The pack's own fields, by id" })
  fields?: Record<string, string | number | boolean>;

  @ListField('code', { optional: true, description: 'What is not to be had, by name, e.g. complainant.contact' })
  waived?: string[];

  @CodeField({ optional: true, description: 'Why something is waived' })
  reasonCode?: string;
}

/** Refusals: NOTHING_CHANGES, REASON_MISSING, UNKNOWN_FIELD, FIELD_MALFORMED. */
export const amendIntake = decider<AmendIntake>('AmendIntake', (command, state, { policy }) => {
  const { complainant, waived = [], reasonCode } = command;
  const values = readValues(command.fields, policy.fields);
  if (isRefusal(values)) return values;
  const given = [...knownOf({ complainant }), ...values.given];
  if (given.length === 0 && waived.length === 0) return refuse('NOTHING_CHANGES');
  if (waived.length > 0 && reasonCode === undefined) return refuse('REASON_MISSING', { waived });
  const keyId = mainComplainant(state)!;
  return accept([
    {
      type: 'IntakeAmended',
      data: {
        given,
        ...(waived.length === 0 ? {} : { waived: [...new Set(waived)] }),
        ...(Object.keys(values.open).length === 0 ? {} : { fields: values.open }),
        ...present({ reasonCode }),
      },
      personal: present({
        complainant: personSecret(keyId, complainant),
        fields: values.personal && { keyId, value: values.personal },
      }),
    },
  ]);
});
