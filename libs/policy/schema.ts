import { parseDuration } from '#calendar';
import { z } from 'zod';
import {
  APPROVER_ROLES,
  CLOCK_EVENTS,
  CLOCK_ORIGINS,
  PACK_CIRCUMSTANCES,
  PACK_KINDS,
  PACK_SEVERITIES,
} from './vocabulary.js';

const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'an id is letters, digits, ".", "_" and "-"');
const source = z.string().min(1, 'say which document states this, or "·" where it is ours');
const words = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const kinds = z.array(z.enum(PACK_KINDS)).min(1);

const duration = z.string().transform((text, context) => {
  try {
    return parseDuration(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

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

/** An event, with plain fields it must carry and the kinds of case it must concern. */
const trigger = z.strictObject({
  event: z.enum(CLOCK_EVENTS),
  when: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  kinds: kinds.optional(),
});

const clock = z.strictObject({
  id,
  label: words,
  countsFrom: z.enum(CLOCK_ORIGINS),
  budget: duration,
  kinds: kinds.optional(),
  startsOn: z.array(trigger).min(1),
  restartsOn: z.array(trigger).default([]),
  metBy: z.array(trigger).min(1),
  cancelledBy: z.array(trigger).default([]),
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

const closing = z.strictObject({
  /** V-1: a case of these kinds closes after a visit that reached the customer, or after so many attempts. */
  returnVisit: z.strictObject({ kinds, attemptsInstead: z.int().min(1).optional(), source }).optional(),
});

/** Ids that occur twice would make a ruling ambiguous. */
function distinct(ids: readonly string[], path: readonly string[], context: z.core.$RefinementCtx): void {
  ids.forEach((it, index) => {
    if (ids.indexOf(it) < index) {
      context.addIssue({ code: 'custom', message: `the id "${it}" is there twice`, path: [...path, index] });
    }
  });
}

export const categoryIds = (categories: readonly Category[]): string[] =>
  categories.flatMap((it) => [it.id, ...categoryIds(it.children)]);

export const packSchema = z
  .strictObject({
    id,
    version: z.string().min(1),
    name: words,
    categories: z.array(category).min(1),
    severities: z.array(severityRule),
    clocks: z.array(clock),
    compensation: z.strictObject({
      currency: z.string().regex(/^[A-Z]{3}$/, 'a currency is three capital letters (ISO 4217)'),
      matrix: z.array(authority).min(1),
    }),
    closing,
  })
  .superRefine((pack, context) => {
    distinct(categoryIds(pack.categories), ['categories'], context);
    distinct(
      pack.severities.map((rule) => rule.id),
      ['severities'],
      context,
    );
    distinct(
      pack.clocks.map((rule) => rule.id),
      ['clocks'],
      context,
    );
    const last = pack.compensation.matrix.at(-1);
    if (last !== undefined && (last.upToCents !== undefined || last.severities !== undefined)) {
      const path = ['compensation', 'matrix', pack.compensation.matrix.length - 1];
      context.addIssue({ code: 'custom', message: 'the last row must hold for every amount and severity', path });
    }
  });

export type Pack = z.infer<typeof packSchema>;
export type SeverityRule = Pack['severities'][number];
export type Clock = Pack['clocks'][number];
export type ClockTrigger = Clock['startsOn'][number];
