import { z } from 'zod';
import { APPROVER_ROLES, PACK_SEVERITIES } from '../vocabulary.js';
import { clock, escalation, immediately, post, promises } from './clock.js';
import {
  decline,
  field,
  form,
  priority,
  rate,
  recusal,
  repeat,
  requirement,
  retention,
  routineVisit,
  step,
} from './intake.js';
import { customers } from './customers.js';
import { notifications } from './notifications.js';
import { condition, distinct, elapsedTime, id, source, words } from './words.js';

export interface Category {
  readonly id: string;
  readonly label: { readonly zh: string; readonly en: string };
  readonly children: readonly Category[];
}

const category: z.ZodType<Category> = z.lazy(() =>
  z.strictObject({ id, label: words, children: z.array(category).default([]) }),
);

const severityRule = z.strictObject({ id, severity: z.enum(PACK_SEVERITIES), when: condition, source });

/** A row of the authority matrix: amounts up to and including `upToCents` (any amount where left out). */
const authority = z.strictObject({
  id,
  upToCents: z.int().min(1).optional(),
  severities: z.array(z.enum(PACK_SEVERITIES)).min(1).optional(),
  approverRole: z.enum(APPROVER_ROLES),
  /** Who must hold which post besides (O-1). */
  approverPost: post.optional(),
  source,
});

/** how long a change is announced before it takes effect. */
const notice = z.strictObject({ period: elapsedTime, source });

export const categoryIds = (categories: readonly Category[]): string[] =>
  categories.flatMap((it) => [it.id, ...categoryIds(it.children)]);

const LISTS = [
  'severities',
  'clocks',
  'escalations',
  'fields',
  'forms',
  'requirements',
  'steps',
  'declines',
  'priorities',
  'repeats',
  'routineVisits',
  'retention',
  'rates',
] as const;

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
    notifications: notifications.optional(),
    compensation: z.strictObject({
      currency: z.string().regex(/^[A-Z]{3}$/, 'a currency is three capital letters (ISO 4217)'),
      matrix: z.array(authority).min(1),
    }),
    /** Fields that cases of this organisation have besides those that all have. */
    fields: z.array(field).default([]),
    forms: z.array(form).default([]),
    requirements: z.array(requirement).default([]),
    steps: z.array(step).default([]),
    declines: z.array(decline).default([]),
    recusal: recusal.optional(),
    priorities: z.array(priority).default([]),
    repeats: z.array(repeat).default([]),
    customers: customers.optional(),
    routineVisits: z.array(routineVisit).default([]),
    retention: z.array(retention).default([]),
    rates: z.array(rate).default([]),
  })
  .superRefine((pack, context) => {
    const idsOf = (things: readonly { readonly id: string }[]) => things.map((thing) => thing.id);
    distinct(categoryIds(pack.categories), ['categories'], context);
    for (const list of LISTS) distinct(idsOf(pack[list]), [list], context);
    for (const [list, of] of Object.entries(pack.customers ?? {})) distinct(idsOf(of), ['customers', list], context);
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
