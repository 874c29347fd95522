import { z } from 'zod';
import { post } from './clock.js';
import { id, source, span, words } from './words.js';

const named = z.strictObject({ id, label: words, source });

/** C-1: what makes a quality customer. Where it counts a milestone, so many of them establish it by themselves. */
const qualityGround = z
  .strictObject({ id, label: words, milestone: id.optional(), atLeast: z.int().min(1).optional(), source })
  .superRefine((it, context) => {
    if ((it.milestone === undefined) !== (it.atLeast === undefined)) {
      const message = 'say which milestone is counted and how often it must be: milestone and atLeast together';
      context.addIssue({ code: 'custom', message, path: ['atLeast'] });
    }
  });

/** Of which customers a rule speaks; all that is said must be so. */
const customersWho = z.strictObject({
  tiers: z.array(id).min(1).optional(),
  quality: z.boolean().optional(),
  /** It was reached, and not taken back. */
  milestone: id.optional(),
});

/**
 * C-2: until when a superior must have reviewed the file. `registered`: of a new customer; `changed`: of one whose details were
 * corrected after a review; `reviewed`: again, so long after each review.
 */
const fileDuty = z.strictObject({
  id,
  label: words,
  countsFrom: z.array(z.enum(['registered', 'changed', 'reviewed'])).min(1),
  budget: span,
  calendar: id.optional(),
  owedBy: z.array(post).min(1),
  when: customersWho.optional(),
  source,
});

/** C-2: so many of ours keep the contact before the file of a new customer can pass its review. */
const liaisonRule = z.strictObject({ id, when: customersWho, atLeast: z.int().min(1), source });

/** C-1, C-2: the words of the customer file, and what is asked of it. */
export const customers = z.strictObject({
  tiers: z.array(named).min(1),
  qualityGrounds: z.array(qualityGround).default([]),
  /** Listed apart: elderly people alone, soldiers' families. */
  specialOwners: z.array(named).default([]),
  milestones: z.array(named).min(1),
  fileDuties: z.array(fileDuty).default([]),
  liaisons: z.array(liaisonRule).default([]),
});

export type CustomersWho = z.infer<typeof customersWho>;
export type FileDuty = z.infer<typeof fileDuty>;
export type CustomerRules = z.infer<typeof customers>;

/** What the file knows where a pack does not speak of customers: a default of ours, marked so. */
export const PLAIN_CUSTOMERS: CustomerRules = {
  tiers: [
    { id: 'important', label: { zh: '重要客户', en: 'Important' }, source: '·' },
    { id: 'potential', label: { zh: '潜在客户', en: 'Potential' }, source: '·' },
    { id: 'general', label: { zh: '一般客户', en: 'General' }, source: '·' },
  ],
  qualityGrounds: [],
  specialOwners: [],
  milestones: [
    { id: 'signed', label: { zh: '签约', en: 'Signed' }, source: '·' },
    { id: 'handed_over', label: { zh: '交付', en: 'Handed over' }, source: '·' },
  ],
  fileDuties: [],
  liaisons: [],
};
