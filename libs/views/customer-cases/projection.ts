import type { CaseEvent } from '#cases';
import type { Projected, Projection } from '#sql';
import { Hashes } from '../repeats/compared.js';
import { CUSTOMER_CASE, type CustomerCaseRow } from './tables.js';

/** Whose case is it? One row per case, for the complaint history of a customer's file (C-1). */
export function customerCasesProjection(secret: Buffer): Projection {
  const hashes = new Hashes(secret);
  return {
    name: 'customer-cases',
    version: 1,
    partition: 'subject',
    category: 'case',
    opens: { CaseReceived: ['complainant'], IntakeAmended: ['complainant'] },
    tables: [{ kind: 'rows', shape: CUSTOMER_CASE, of: 'subject' }],
    fold(event, tables) {
      const rows = tables.rows(CUSTOMER_CASE);
      const before = rows.get();
      const after = rowAfter(before ?? begun(event.subject), event as Projected<CaseEvent>, hashes);
      if (after !== before) rows.put(after);
    },
  };
}

const begun = (caseId: string): CustomerCaseRow => ({ case_id: caseId, party: null, customer_id: null, person: null });

/** The same row where the event says nothing about it. */
function rowAfter(row: CustomerCaseRow, event: Projected<CaseEvent>, hashes: Hashes): CustomerCaseRow {
  switch (event.type) {
    case 'CaseReceived': {
      const { parties, openedFrom } = event.data;
      return {
        ...row,
        party: parties.find(({ role }) => role === 'complainant')?.partyId ?? null,
        customer_id: openedFrom !== undefined && 'customerId' in openedFrom ? openedFrom.customerId : row.customer_id,
        person: hashes.person(event.personal.complainant).person ?? null,
      };
    }
    case 'IntakeAmended': {
      const { person } = hashes.person(event.personal.complainant);
      return person === undefined ? row : { ...row, person };
    }
    case 'IdentityVerified': {
      const { partyId, result, customerId } = event.data;
      if (partyId !== row.party) return row;
      return { ...row, customer_id: result === 'verified' ? (customerId ?? null) : null };
    }
    default:
      return row;
  }
}
