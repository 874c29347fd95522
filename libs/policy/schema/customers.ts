import { z } from 'zod';
import { id, source, words } from './words.js';

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

/** C-1: the words of the customer file. */
export const customers = z.strictObject({
  tiers: z.array(named).min(1),
  qualityGrounds: z.array(qualityGround).default([]),
  /** Listed apart: elderly people alone, soldiers' families. */
  specialOwners: z.array(named).default([]),
  milestones: z.array(named).min(1),
});

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
};
