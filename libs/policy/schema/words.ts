import { isRefusal, type Refusal } from '#kernel';
import { parsePackBudget, type Budget } from '#calendar';
import { z } from 'zod';
import { readCondition } from '../conditions.js';

/** What every part of a pack is written in. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'an id is at most 64 letters, digits, ".", "_" and "-"');
export const source = z.string().min(1, 'say which document states this, or "·" where it is ours');
export const words = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

/** Text that is read into something else, or refused with the reason. */
export const readAs = <T>(read: (text: string) => T) =>
  z.string().transform((text, context) => {
    try {
      return read(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

export const condition = readAs(readCondition);

/** 第一时间, 立即: a clock of its own, whose tolerance the pack defines (REQUIREMENTS, preface). */
export const IMMEDIATELY = 'immediately';
export type PackBudget = Budget | typeof IMMEDIATELY;

export const budget = readAs((text): PackBudget => (text === IMMEDIATELY ? text : duration(text)));

function duration(text: string): Budget {
  const read = parsePackBudget(text);
  if (!isRefusal(read)) return read;
  throw new RangeError(`"${text}" is no budget: ${reasonOf(read)}`);
}

/** A length of time that is counted onwards from something, on a calendar or around the clock. */
export const span = readAs(duration);

export const elapsedTime = readAs((text) => {
  const read = duration(text);
  if (read.measure !== 'elapsed') throw new RangeError(`"${text}" is not elapsed time: write 30m, 24h or 2d`);
  return read;
});

/** A refusal in one line: its code and what is said of it. */
export const reasonOf = ({ code, facts }: Refusal): string =>
  `${code}${Object.entries(facts)
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('')}`;

/** Ids that occur twice would make a ruling ambiguous. */
export function distinct(ids: readonly string[], path: readonly string[], context: z.core.$RefinementCtx): void {
  ids.forEach((it, index) => {
    if (ids.indexOf(it) < index) {
      context.addIssue({ code: 'custom', message: `the id "${it}" is there twice`, path: [...path, index] });
    }
  });
}
