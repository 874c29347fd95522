import { z } from 'zod';
import { APPROVER_ROLES, PACK_CIRCUMSTANCES, PACK_KINDS, PACK_SEVERITIES } from '../vocabulary.js';
import { clock, escalation, immediately, promises } from './clock.js';
import { distinct, elapsedTime, id, source, words } from './words.js';

const kinds = z.array(z.enum(PACK_KINDS)).min(1);

export interface Category {
  readonly id: string;
  readonly label: { readonly zh: string; readonly en: string };
  readonly children: readonly Category[];
}

const category: z.ZodType<Category> = z.lazy(() =>
  z.strictObject({ id, label: words, children: z.array(category).default([]) }),
);

/** One thing that must be so; a rule with several conditions holds when all of them do. */
const condition = z.union([
  z.strictObject({ personsAtLeast: z.int().min(1) }),
  z.strictObject({ circumstance: z.enum(PACK_CIRCUMSTANCES) }),
]);

const severityRule = z.strictObject({
  id,
  severity: z.enum(PACK_SEVERITIES),
  when: z.array(condition).min(1),
  source,
});

/** A row of the authority matrix: amounts up to and including `upToCents` (any amount where left out). */
const authority = z.strictObject({
  id,
  upToCents: z.int().min(1).optional(),
  severities: z.array(z.enum(PACK_SEVERITIES)).min(1).optional(),
  approverRole: z.enum(APPROVER_ROLES),
  source,
});

const notice = z.strictObject({ period: elapsedTime, source });

const closing = z.strictObject({
  /** V-1: a case of these kinds closes after a visit that reached the customer, or after so many attempts. */
  returnVisit: z.strictObject({ kinds, attemptsInstead: z.int().min(1).optional(), source }).optional(),
});

export const categoryIds = (categories: readonly Category[]): string[] =>
  categories.flatMap((it) => [it.id, ...categoryIds(it.children)]);

export const packSchema = z
  .strictObject({
    id,
    version: id,
    name: words,
    /** how long before it takes effect the next version is announced; at once where left out. */
    notice: notice.optional(),
    categories: z.array(category).min(1),
    severities: z.array(severityRule),
    /** The pack's own calendars: definitions, or the name of one that is shipped. */
    calendars: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.unknown())])).default({}),
    immediately: immediately.optional(),
    promises: promises.optional(),
    clocks: z.array(clock),
    escalations: z.array(escalation).default([]),
    compensation: z.strictObject({
      currency: z.string().regex(/^[A-Z]{3}$/, 'a currency is three capital letters (ISO 4217)'),
      matrix: z.array(authority).min(1),
    }),
    closing,
  })
  .superRefine((pack, context) => {
    const idsOf = (things: readonly { readonly id: string }[]) => things.map((thing) => thing.id);
    distinct(categoryIds(pack.categories), ['categories'], context);
    distinct(idsOf(pack.severities), ['severities'], context);
    distinct(idsOf(pack.clocks), ['clocks'], context);
    distinct(idsOf(pack.escalations), ['escalations'], context);
    const last = pack.compensation.matrix.at(-1);
    if (last !== undefined && (last.upToCents !== undefined || last.severities !== undefined)) {
      const path = ['compensation', 'matrix', pack.compensation.matrix.length - 1];
      context.addIssue({ code: 'custom', message: 'the last row must hold for every amount and severity', path });
    }
  });

/** What may stand in a pack, as a JSON Schema for editors. What a pack must keep besides its form is said by `loadPack`. */
export const packJsonSchema = (): object => ({
  ...z.toJSONSchema(packSchema, { io: 'input', unrepresentable: 'any' }),
  title: 'A policy pack of Redress',
});

export type Pack = z.infer<typeof packSchema>;
export type SeverityRule = Pack['severities'][number];
