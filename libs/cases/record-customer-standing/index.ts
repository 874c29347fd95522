import { isDeepStrictEqual } from 'node:util';
import { accept } from '#kernel';
import { CaseCommand, decider, present } from '../command.js';
import { BooleanField, CodeField, IdField } from '../fields.js';

/** C-1, S-4: how the customer stands in whose file the complainant was found; without an id they were found in none. */
export class RecordCustomerStanding extends CaseCommand {
  @IdField({ optional: true })
  customerId?: string;

  @CodeField({ optional: true })
  tier?: string;

  @BooleanField({ description: 'Whether it is a quality customer' })
  quality!: boolean;

  @BooleanField({ description: 'Whether it is one of the owners who are listed apart' })
  special!: boolean;
}

/** What is on record already is not told again. */
export const recordCustomerStanding = decider<RecordCustomerStanding>(
  'RecordCustomerStanding',
  ({ customerId, tier, quality, special }, { customer }) => {
    const standing = present({ customerId, tier, quality, special });
    const isKnown = customer === undefined ? customerId === undefined : isDeepStrictEqual(customer, standing);
    return accept(isKnown ? [] : [{ type: 'CustomerStandingRecorded', data: standing }]);
  },
);
