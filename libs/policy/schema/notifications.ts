import { z } from 'zod';
import { CLOCKS_OF_EVERY_CASE, NOTIFIED_EVENTS, PACK_SEVERITIES } from '../vocabulary.js';
import { post } from './clock.js';
import { condition, distinct, elapsedTime, id, source, words } from './words.js';

/** By what a notice travels. `log` is the engine's own log, for those who run it. */
export const NOTICE_CHANNELS = ['email', 'log'] as const;
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];

/**
 * What a text may speak of: ids, labels and instants. There is nothing personal among them, so that no text of a pack can
 * put a personal word into a mail (EVENTS.md 9). `count` is how many notices a digest holds.
 */
export const PLACEHOLDERS = [
  'case',
  'link',
  'clock',
  'due',
  'at',
  'percent',
  'level',
  'severity',
  'category',
  'count',
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

const text = z
  .string()
  .min(1)
  .superRefine((value, context) => {
    const strange = [...value.matchAll(/\{([^}]*)\}/g)].find(([, name]) => !PLACEHOLDERS.includes(name as Placeholder));
    if (strange === undefined) return;
    const known = PLACEHOLDERS.map((name) => `{${name}}`).join(' ');
    context.addIssue({ code: 'custom', message: `${strange[0]} is no placeholder; there are ${known}` });
  });
const line = text.refine((value) => !/[\r\n]/.test(value), 'a subject is one line');
const inBoth = (of: typeof text) => z.strictObject({ zh: of, en: of });

const template = z.strictObject({ id, subject: inBoth(line), text: inBoth(text) });

/** `recipients` stands for those whom the event itself names: whom an escalation calls in, who owed what was missed. */
const rule = z.strictObject({
  id,
  on: z.array(z.strictObject({ event: z.enum(NOTIFIED_EVENTS), when: condition.optional() })).min(1),
  to: z.array(post).min(1),
  channels: z.array(z.enum(NOTICE_CHANNELS)).min(1).default(['email']),
  template: id,
  /** What is urgent does not wait for the morning. */
  urgent: z.boolean().default(false),
  source,
});

const timeZone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'there is no such time zone; write e.g. Asia/Shanghai');

const labelsOf = <K extends string>(ids: readonly K[]) =>
  z.strictObject(Object.fromEntries(ids.map((it) => [it, words])) as Record<K, typeof words>);

export const notifications = z
  .strictObject({
    /** In which instants are told to those of whom no zone is known. */
    timeZone,
    /** What is not urgent waits for the next opening of this calendar. */
    quietOutside: z.strictObject({ calendar: id, source }).optional(),
    /** E-1, never floods: after a message to somebody, what comes for them within this time goes out together. */
    digest: z.strictObject({ every: elapsedTime, subject: inBoth(line), source }),
    /** Words for what has no label elsewhere in the pack. */
    labels: z.strictObject({ severities: labelsOf(PACK_SEVERITIES), clocks: labelsOf(CLOCKS_OF_EVERY_CASE) }),
    templates: z.array(template).min(1),
    rules: z.array(rule).min(1),
  })
  .superRefine(({ templates, rules }, context) => {
    const ids = templates.map((it) => it.id);
    distinct(ids, ['templates'], context);
    distinct(
      rules.map((it) => it.id),
      ['rules'],
      context,
    );
    rules.forEach((it, index) => {
      if (ids.includes(it.template)) return;
      const message = `there is no template "${it.template}"; there are ${ids.join(', ')}`;
      context.addIssue({ code: 'custom', message, path: ['rules', index, 'template'] });
    });
  });

export type NotificationsPart = z.infer<typeof notifications>;
export type NoticeRule = z.infer<typeof rule>;
export type NoticeTemplate = z.infer<typeof template>;
export type Words = z.infer<typeof words>;
