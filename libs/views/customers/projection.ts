import type { CustomerEvent, Details, VisitState } from '#customers';
import type { OpenedPart } from '#kernel';
import { normalised as alike } from '#policy';
import type { Projected, ProjectedEvent, Projection, Row, Tables } from '#sql';
import { normalised, termsIn } from '../case-board/terms.js';
import { Hashes } from '../repeats/compared.js';
import {
  CUSTOMER,
  CUSTOMER_DUTY,
  CUSTOMER_KEY,
  CUSTOMER_TERM,
  CUSTOMER_TEXT,
  CUSTOMER_VISIT,
  type CustomerDutyRow,
  type CustomerRow,
  type CustomerTermRow,
  type CustomerTextRow,
} from './tables.js';

type Event = Projected<CustomerEvent>;

/**
 * Which customers are there, by what are they found and recognised, and when does a visit to them fall due? (C-1, V-2)
 * @param secret of the keyed hashes, the same as that of repeats: a case is found by what its complainant is compared by
 */
export function customersProjection(secret: Buffer): Projection {
  const hashes = new Hashes(secret);
  return {
    name: 'customers',
    version: 2,
    partition: 'subject',
    category: 'customer',
    opens: {
      CustomerRegistered: ['details'],
      DetailsCorrected: ['details'],
      SpecialOwnerListed: ['groups'],
      ContactAdded: ['details'],
      ContactCorrected: ['details'],
    },
    tables: [
      { kind: 'rows', shape: CUSTOMER, of: 'subject' },
      { kind: 'rows', shape: CUSTOMER_KEY, of: 'subject' },
      { kind: 'rows', shape: CUSTOMER_VISIT, of: 'subject' },
      { kind: 'rows', shape: CUSTOMER_DUTY, of: 'subject' },
      { kind: 'rows', shape: CUSTOMER_TEXT, of: 'subject' },
      {
        kind: 'derived',
        shape: CUSTOMER_TERM,
        from: CUSTOMER_TEXT,
        derive: (row: Row) => termRows(row as CustomerTextRow),
      },
    ],
    fold(event, tables) {
      const it = event as Event;
      const customers = tables.rows(CUSTOMER);
      const row = customerAfter(customers.get() ?? begun(event), it);
      const overdue = dutiesAfter(tables, it, row);
      customers.put({ ...row, overdue, updated_at: event.meta.recordedAt, last_revision: event.revision });
      visitAfter(tables, it);
      personAfter(tables, it, row, hashes);
    },
  };
}

const begun = ({ subject, position, meta }: ProjectedEvent): CustomerRow => ({
  customer_id: subject,
  customer_no: position,
  kind: 'person',
  name: null,
  phone: null,
  unit: null,
  tier: null,
  quality: 0,
  special: 0,
  groups: '[]',
  grounds: '[]',
  reviewed: 0,
  overdue: 0,
  erased: 0,
  party: '',
  registered_at: meta.recordedAt,
  updated_at: meta.recordedAt,
  last_revision: 0,
});

function customerAfter(row: CustomerRow, event: Event): CustomerRow {
  switch (event.type) {
    case 'CustomerRegistered': {
      const { kind, unit, partyId } = event.data;
      return { ...row, kind, unit: unit ?? null, party: partyId, ...named(event.personal.details) };
    }
    case 'DetailsCorrected':
      return { ...row, reviewed: 0, ...named(event.personal.details) };
    case 'UnitChanged':
      return { ...row, unit: event.data.unit };
    case 'FileReviewed':
      return { ...row, reviewed: 1 };
    case 'TierAssigned':
      return { ...row, tier: event.data.tier };
    case 'QualityEstablished':
      return withGrounds(row, [...groundsBut(row, event.data.ground), event.data.ground]);
    case 'QualityWithdrawn':
      return withGrounds(row, groundsBut(row, event.data.ground));
    case 'SpecialOwnerListed':
      return { ...row, special: 1, groups: JSON.stringify(valueOf(event.personal.groups) ?? []) };
    case 'SpecialOwnerUnlisted':
      return { ...row, special: 0, groups: '[]' };
    case 'SubjectErased':
      return event.data.parties.includes(row.party) ? { ...row, erased: 1, special: 0 } : row;
    default:
      return row;
  }
}

const withGrounds = (row: CustomerRow, grounds: readonly string[]): CustomerRow => ({
  ...row,
  grounds: JSON.stringify(grounds),
  quality: Number(grounds.length > 0),
});

const groundsBut = ({ grounds }: CustomerRow, ground: string): readonly string[] =>
  (JSON.parse(grounds) as string[]).filter((it) => it !== ground);

const named = (part: OpenedPart | undefined): Pick<CustomerRow, 'name' | 'phone'> => {
  const { name = null, phone = null } = detailsIn(part);
  return { name, phone };
};

function visitAfter(tables: Tables, event: Event): void {
  const visits = tables.rows(CUSTOMER_VISIT);
  const become = (visitId: string, state: VisitState['state']): void => {
    const row = visits.get(visitId);
    if (row !== undefined) visits.put({ ...row, state, waiting: 0 });
  };
  switch (event.type) {
    case 'VisitScheduled': {
      const { visitId, visit, milestoneId, opensAt } = event.data;
      const ids = { customer_id: event.subject, visit_id: visitId, visit, milestone_id: milestoneId };
      return visits.put({ ...ids, opens_at: opensAt, state: 'scheduled', waiting: 1 });
    }
    case 'VisitFellDue':
      return become(event.data.visitId, 'open');
    case 'VisitCancelled':
      return become(event.data.visitId, 'cancelled');
    case 'VisitEnded':
      return become(event.data.visitId, event.data.outcome);
    default:
      return;
  }
}

/** @returns whether one is missed and still owed, as 0 or 1 */
function dutiesAfter(tables: Tables, event: Event, row: CustomerRow): number {
  const duties = tables.rows(CUSTOMER_DUTY);
  const become = (dutyId: string, change: Partial<CustomerDutyRow>): void => {
    const duty = duties.get(dutyId);
    if (duty !== undefined) duties.put({ ...duty, ...change, waiting: 0 });
  };
  switch (event.type) {
    case 'FileDutySet': {
      const { dutyId, dueAt } = event.data;
      const ids = { customer_id: event.subject, duty_id: dutyId };
      duties.put({ ...ids, due_at: dueAt, state: 'open', missed: 0, waiting: 1 });
      return row.overdue;
    }
    case 'FileDutyMissed':
      become(event.data.dutyId, { missed: 1 });
      break;
    case 'FileDutyMet':
      become(event.data.dutyId, { state: 'met' });
      break;
    case 'FileDutyCancelled':
      become(event.data.dutyId, { state: 'cancelled' });
      break;
    case 'SubjectErased':
      if (row.erased === 0) return row.overdue;
      for (const { duty_id, state } of [...duties.all()]) if (state === 'open') become(duty_id, { state: 'cancelled' });
      return 0;
    default:
      return row.overdue;
  }
  return Number([...duties.all()].some(({ state, missed }) => state === 'open' && missed === 1));
}

/** What the customer and each contact are found and recognised by: all of it anew whenever their details are told. */
function personAfter(tables: Tables, event: Event, row: CustomerRow, hashes: Hashes): void {
  switch (event.type) {
    case 'CustomerRegistered':
    case 'DetailsCorrected':
      return told(tables, { row, party: row.party, details: detailsIn(event.personal.details), hashes });
    case 'ContactAdded':
    case 'ContactCorrected':
      return told(tables, { row, party: event.data.contactId, details: detailsIn(event.personal.details), hashes });
    case 'ContactRemoved':
      return told(tables, { row, party: event.data.contactId, details: {}, hashes });
    default:
      return;
  }
}

interface Told {
  readonly row: CustomerRow;
  readonly party: string;
  readonly details: Details;
  readonly hashes: Hashes;
}

function told(tables: Tables, { row, party, details, hashes }: Told): void {
  const { customer_id, customer_no } = row;
  const keys = tables.rows(CUSTOMER_KEY);
  const fresh = hashes.allOf(details);
  for (const old of keys.all()) if (old.party === party && !fresh.has(old.hash)) keys.remove(old);
  for (const hash of fresh) keys.put({ customer_id, party, hash });
  const texts = tables.rows(CUSTOMER_TEXT);
  const text = wordsOf(details);
  const before = texts.get(party);
  if (text !== '') texts.put({ customer_id, party, customer_no, text });
  else if (before !== undefined) texts.remove(before);
}

/** A phone number is found as it was written and as it is compared. */
function wordsOf(details: Details): string {
  const { phone, secondPhone } = details;
  const numbers = [phone, secondPhone].flatMap((it) => (it === undefined ? [] : (alike(it, 'phone') ?? [])));
  return [...Object.values(details), ...numbers].map((it) => normalised(String(it))).join('');
}

const detailsIn = (part: OpenedPart | undefined): Details => {
  const value = valueOf(part);
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Details) : {};
};

const valueOf = (part: OpenedPart | undefined) => (part !== undefined && 'value' in part ? part.value : null);

const termRows = ({ text, customer_no, party }: CustomerTextRow): CustomerTermRow[] =>
  [...termsIn(text)].map((term) => ({ term, customer_no, party }));
