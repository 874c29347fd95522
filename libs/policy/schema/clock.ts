import { z } from 'zod';
import { CLOCK_ORIGINS, TRIGGER_EVENTS } from '../vocabulary.js';
import { budget, condition, elapsedTime, id, source, words } from './words.js';

/** An event that does something to a clock, and what must be so besides. */
export const trigger = z.strictObject({ event: z.enum(TRIGGER_EVENTS), when: condition.optional() });
const triggers = z.array(trigger);

/** Who owes something, or hears of it: the owner of the case, whoever holds a post, or a named person. */
export const post = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._:@/-]{0,99}$/u, 'a post or person is at most 100 letters, digits and "._:@/-"');

/** Percent of a budget, after which it is said that the time runs out. */
const percent = z.int().min(1).max(99);

/** K-7. Every list of triggers is a choice: any of them will do. */
export const clock = z.strictObject({
  id,
  label: words,
  /** Which cases it concerns; all where left out. */
  when: condition.optional(),
  countsFrom: z.enum(CLOCK_ORIGINS),
  budget,
  /** Other budgets by what the case is; the first that holds, else `budget`. */
  budgets: z.array(z.strictObject({ when: condition, budget })).default([]),
  /** On which open hours and working days are counted, and in whose zone months. */
  calendar: id.optional(),
  startsOn: triggers.min(1),
  /** A further run, once there was one and none is running: repeating clocks. */
  restartsOn: triggers.default([]),
  metBy: triggers.min(1),
  cancelledBy: triggers.default([]),
  pausedBy: triggers.default([]),
  resumedBy: triggers.default([]),
  /** What a reopened case has of it: a new run in full, the old one with what was left of it, or nothing. */
  onReopening: z.enum(['restart', 'continue', 'none']).default('none'),
  /** What happens to a running one when another budget holds: counted from its start, from now, or left as it is. */
  onPriorityChange: z.enum(['retroactive', 'from_now', 'keep']).default('keep'),
  warnAt: z.array(percent).default([]),
  /** K-4: who should have done it, for the record of what was missed. */
  owedBy: z.array(post).default([]),
  source,
});

export const immediately = z.strictObject({ tolerance: elapsedTime, source });
export const promises = z.strictObject({ warnAt: z.array(percent).default([]), source });

/** E-1: who is called in, level after level; each waits for an acknowledgement as long as it says. */
export const escalation = z.strictObject({
  id,
  label: words,
  on: triggers.default([]),
  levels: z
    .array(
      z.strictObject({
        to: z.array(post).min(1),
        acknowledgeWithin: budget.optional(),
        calendar: id.optional(),
      }),
    )
    .min(1)
    .max(9),
  source,
});

export type Trigger = z.infer<typeof trigger>;
export type ClockRule = z.infer<typeof clock>;
export type EscalationRule = z.infer<typeof escalation>;
