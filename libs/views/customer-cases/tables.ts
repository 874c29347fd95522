import type { TableShape } from '#sql';

/** Whose case it is: the file in which the complainant was found, and a keyed hash of what they are compared by. */
export type CustomerCaseRow = {
  readonly case_id: string;
  /** The party of the complainant. */
  readonly party: string | null;
  readonly customer_id: string | null;
  readonly person: string | null;
};

export const CUSTOMER_CASE: TableShape<CustomerCaseRow> = {
  name: 'customer_case',
  columns: { case_id: 'text', party: 'text', customer_id: 'text', person: 'text' },
  key: ['case_id'],
  indexes: [
    { columns: ['customer_id'], where: { column: 'customer_id', is: 'not null' } },
    { columns: ['person'], where: { column: 'person', is: 'not null' } },
  ],
};
