import { z } from 'zod';
import { GATED_COMMANDS, PACK_KINDS } from '../vocabulary.js';
import { post } from './clock.js';
import { condition, id, source, span, words } from './words.js';

/** How values of a field are made alike before they are compared: width, spaces, country code, script. */
export const NORMALISERS = ['phone', 'plate', 'name', 'room', 'text', 'exact'] as const;

/** A field of an organisation's own: of the case itself, of a form, or of a step. */
export const field = z
  .strictObject({
    id,
    label: words,
    type: z.enum(['text', 'code', 'choice', 'yes_no', 'number', 'instant', 'date']).default('text'),
    choices: z.array(z.strictObject({ id, label: words })).optional(),
    /** Personal words are sealed, and no condition sees them; what is not personal is readable in the log (EVENTS.md 6). */
    personal: z.boolean().default(false),
    match: z.enum(NORMALISERS).optional(),
    required: z.boolean().default(false),
  })
  .superRefine((it, context) => {
    if ((it.type === 'choice') !== (it.choices !== undefined)) {
      context.addIssue({ code: 'custom', message: 'a choice, and nothing else, has choices', path: ['choices'] });
    }
    if (it.type === 'text' && !it.personal) {
      const message = 'every free text is personal (EVENTS 6): personal: true, or a code or choices';
      context.addIssue({ code: 'custom', message, path: ['personal'] });
    }
  });

/** Section 12: a form that is filled, kept as an event, and printed. */
export const form = z.strictObject({
  id,
  label: words,
  when: condition.optional(),
  fields: z.array(field).min(1),
  source,
});

/**
 * What must be so before a command is allowed: what an intake needs (I-2), what closing asks for (H-8), a required visit.
 * The code is that of the refusal.
 */
export const requirement = z.strictObject({
  id,
  label: words,
  before: z.array(z.enum(GATED_COMMANDS)).min(1),
  when: condition.optional(),
  that: condition,
  code: z.string().regex(/^[A-Z][A-Z0-9_]{2,63}$/, 'a code is upper snake case'),
  source,
});

/** H-4: a step that must be done before a command (resolving, where nothing else is said). */
export const step = z.strictObject({
  id,
  label: words,
  when: condition.optional(),
  before: z.enum(GATED_COMMANDS).default('ResolveCase'),
  after: z.array(id).default([]),
  /** Two people together, where it says 2. */
  persons: z.int().min(1).max(2).default(1),
  /** Who may do it: posts or persons; anybody who handles cases where left out. */
  by: z.array(post).default([]),
  fields: z.array(field).default([]),
  source,
});

/** H-2: who takes no part. It is policy: a laboratory lets a head investigate the own department. */
export const recusal = z.strictObject({
  bars: z.enum(['complained_about', 'received_and_complained_about']),
  source,
});

/** S-4: the first rule that holds gives the priority. */
export const priority = z.strictObject({ id, priority: id, when: condition, source });

/** I-5: what is not taken on, and why; the case is declined by the engine, with the reason on record. */
export const decline = z.strictObject({ id, when: condition, reasonCode: id, source });

/**
 * which cases are about the same. Cases match that agree in all of `same` (fields of the pack that are not given match
 * nothing), lie within the window by the instants at which they happened, and are so many.
 */
export const repeat = z
  .strictObject({
    id,
    label: words,
    kinds: z.array(z.enum(PACK_KINDS)).min(1).default(['complaint']),
    same: z.array(z.string().regex(/^(complainant|category|unit|channel|field\.[A-Za-z0-9._-]+)$/)).min(1),
    /** `1mo`, `24h` …; without end where left out. */
    window: z.string().optional(),
    /** In whose zone months are counted; UTC where left out. */
    calendar: z.string().optional(),
    /** `together`: so many within one window; `previous`: not longer than the window after the one before. */
    counting: z.enum(['together', 'previous']).default('together'),
    atLeast: z.int().min(2).default(2),
    /** Whether so many different complainants are meant, not so many complaints. */
    distinctComplainants: z.boolean().default(false),
    /** Only where the earlier case had been handled to its end before the later one came. */
    afterHandling: z.boolean().default(false),
    source,
  })
  .superRefine((it, context) => {
    if (it.counting === 'previous' && it.window === undefined) {
      context.addIssue({ code: 'custom', message: 'say how long after the previous one', path: ['window'] });
    }
    if ((it.counting === 'previous' || it.afterHandling) && it.atLeast !== 2) {
      context.addIssue({ code: 'custom', message: 'a case and the one before it are two', path: ['atLeast'] });
    }
  });

/** V-2: a visit that falls due by a milestone of a customer. */
export const routineVisit = z.strictObject({
  id,
  label: words,
  milestone: id,
  /** When the visit is opened, counted from the milestone; at once where left out. Its clocks say until when it is made. */
  opensAfter: span.optional(),
  /** Repeated so long after the one before: yearly for old customers. */
  repeatsEvery: span.optional(),
  /** Not opened any more so long after it should have been: who is entered late is not visited for occasions long past. */
  lapsesAfter: span.optional(),
  /** In whose zone, and on whose working days, it is counted; UTC where left out. */
  calendar: z.string().optional(),
  asks: words,
  source,
});

/** */
export const retention = z.strictObject({ id, when: condition.optional(), years: z.int().min(1), source });

/** M-4: no document defines a formula, so each says what it counts and is marked as ours. */
export const rate = z.strictObject({
  id,
  label: words,
  numerator: condition,
  denominator: condition,
  period: z.enum(['week', 'month', 'quarter', 'year']),
  leavesOut: words.optional(),
  source,
});

export type PackField = z.infer<typeof field>;
export type FormRule = z.infer<typeof form>;
export type Requirement = z.infer<typeof requirement>;
export type StepRule = z.infer<typeof step>;
export type RepeatRule = z.infer<typeof repeat>;
export type RoutineVisit = z.infer<typeof routineVisit>;
