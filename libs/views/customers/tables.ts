import type { CustomerKind, FileDutyState, VisitState } from '#customers';
import type { Instant } from '#kernel';
import type { TableShape } from '#sql';

/** One row per customer. Booleans are 0 and 1. */
export type CustomerRow = {
  readonly customer_id: string;
  /** The position of the first event: short, distinct, rising with the order of entry. */
  readonly customer_no: number;
  readonly kind: CustomerKind;
  readonly name: string | null;
  readonly phone: string | null;
  readonly unit: string | null;
  readonly tier: string | null;
  readonly quality: number;
  readonly special: number;
  /** JSON: of which owners who are listed apart. */
  readonly groups: string;
  /** JSON: the grounds of quality. */
  readonly grounds: string;
  readonly reviewed: number;
  /** A duty to review the file was missed and is still owed. */
  readonly overdue: number;
  readonly erased: number;
  /** The key of the customer's own words. */
  readonly party: string;
  readonly registered_at: Instant;
  readonly updated_at: Instant;
  readonly last_revision: number;
};

/** By what a complainant is recognised: keyed hashes of phone, reference, or name and contact, as repeats have them (EVENTS.md 10). */
export type CustomerKeyRow = { readonly customer_id: string; readonly party: string; readonly hash: string };

export type CustomerVisitRow = {
  readonly customer_id: string;
  /** The id of the case that it is, or will be. */
  readonly visit_id: string;
  readonly visit: string;
  readonly milestone_id: string;
  readonly opens_at: Instant;
  readonly state: VisitState['state'];
  /** It has not fallen due. */
  readonly waiting: number;
};

/** C-2: until when the file is to be reviewed. */
export type CustomerDutyRow = {
  readonly customer_id: string;
  readonly duty_id: string;
  readonly due_at: Instant;
  readonly state: FileDutyState['state'];
  readonly missed: number;
  /** It is neither met nor missed. */
  readonly waiting: number;
};

/** The searchable words of a customer and their contacts, normalised (see case-board/terms.ts). */
export type CustomerTextRow = {
  readonly customer_id: string;
  readonly party: string;
  readonly customer_no: number;
  readonly text: string;
};
export type CustomerTermRow = { readonly term: string; readonly customer_no: number; readonly party: string };

export const CUSTOMER: TableShape<CustomerRow> = {
  name: 'customer',
  columns: {
    customer_id: 'text',
    customer_no: 'integer',
    kind: 'text',
    name: 'text',
    phone: 'text',
    unit: 'text',
    tier: 'text',
    quality: 'integer',
    special: 'integer',
    groups: 'text',
    grounds: 'text',
    reviewed: 'integer',
    overdue: 'integer',
    erased: 'integer',
    party: 'text',
    registered_at: 'text',
    updated_at: 'text',
    last_revision: 'integer',
  },
  key: ['customer_id'],
  indexes: [
    { columns: ['customer_no'], unique: true },
    { columns: ['tier', 'customer_no'] },
    { columns: ['unit', 'customer_no'] },
    { columns: ['quality', 'customer_no'], where: { column: 'quality', is: 1 } },
    { columns: ['special', 'customer_no'], where: { column: 'special', is: 1 } },
    { columns: ['overdue', 'customer_no'], where: { column: 'overdue', is: 1 } },
  ],
};

export const CUSTOMER_KEY: TableShape<CustomerKeyRow> = {
  name: 'customer_key',
  columns: { customer_id: 'text', party: 'text', hash: 'text' },
  key: ['customer_id', 'party', 'hash'],
  indexes: [{ columns: ['hash'] }],
};

export const CUSTOMER_VISIT: TableShape<CustomerVisitRow> = {
  name: 'customer_visit',
  columns: {
    customer_id: 'text',
    visit_id: 'text',
    visit: 'text',
    milestone_id: 'text',
    opens_at: 'text',
    state: 'text',
    waiting: 'integer',
  },
  key: ['customer_id', 'visit_id'],
  indexes: [{ columns: ['opens_at', 'visit_id'], where: { column: 'waiting', is: 1 } }],
};

export const CUSTOMER_DUTY: TableShape<CustomerDutyRow> = {
  name: 'customer_duty',
  columns: {
    customer_id: 'text',
    duty_id: 'text',
    due_at: 'text',
    state: 'text',
    missed: 'integer',
    waiting: 'integer',
  },
  key: ['customer_id', 'duty_id'],
  indexes: [{ columns: ['due_at', 'duty_id'], where: { column: 'waiting', is: 1 } }],
};

export const CUSTOMER_TEXT: TableShape<CustomerTextRow> = {
  name: 'customer_text',
  columns: { customer_id: 'text', party: 'text', customer_no: 'integer', text: 'text' },
  key: ['customer_id', 'party'],
  indexes: [{ columns: ['customer_no'] }],
};

export const CUSTOMER_TERM: TableShape<CustomerTermRow> = {
  name: 'customer_term',
  columns: { term: 'text', customer_no: 'integer', party: 'text' },
  key: ['term', 'customer_no', 'party'],
  heap: true,
  indexes: [{ columns: ['term', 'customer_no', 'party'], unique: true }],
};
