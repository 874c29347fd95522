import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import {
  deadline,
  elapsed,
  explainDeadline,
  explainElapsed,
  parseBudget,
  prepareCalendar,
  SHIPPED_CALENDARS,
  type Calendar,
  type CalendarDefinition,
  type Deadline,
  type Elapsed,
  type Explanation,
  type Pause,
} from '#calendar';
import { isRefusal, parseInstant, refuse, type Instant, type Refusal } from '#kernel';

export interface ClockOptions {
  /** With the segments that lead to each answer. */
  readonly explain?: boolean;
}

/**
 * Answers JSON lines, one by one in order, as they come: `{calendar, start, duration | end, pauses}` with `{"due": …}` or
 * `{"elapsedMs": …}`. A line that is wrong gets `{"error": …}`, and the rest goes on. Every line has its answer, an empty
 * one too, so that questions and answers can be laid side by side.
 */
export async function clock(input: Readable, output: Writable, options: ClockOptions): Promise<void> {
  output.on('error', endWhereNobodyReads);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (!output.write(`${JSON.stringify(answer(line, options))}\n`)) await once(output, 'drain');
  }
}

/** `redress clock | head` has had enough before the lines end. */
function endWhereNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

type Answer = Readonly<Record<string, unknown>>;

function answer(line: string, { explain = false }: ClockOptions): Answer {
  const question = read(line);
  if (isRefusal(question)) return { error: sentence(question) };
  const { calendar, start, pauses } = question;
  if ('end' in question) {
    const measured = (explain ? explainElapsed : elapsed)(calendar, start, question.end, pauses);
    return isRefusal(measured) ? { error: sentence(measured) } : { elapsedMs: measured.elapsedMs, ...beside(measured) };
  }
  const budget = parseBudget(question.duration);
  if (isRefusal(budget)) return { error: sentence(budget) };
  const due = (explain ? explainDeadline : deadline)(calendar, start, budget, pauses);
  return isRefusal(due) ? { error: sentence(due) } : { due: due.dueAt, ...beside(due) };
}

/** K-10: what leans on years that nobody has announced says so. */
function beside(result: Deadline | Elapsed | ((Deadline | Elapsed) & Explanation)): Answer {
  const { unpublishedYears } = result;
  const provisional = unpublishedYears.length === 0 ? {} : { provisional: true, unpublishedYears };
  if (!('segments' in result)) return provisional;
  const { calendarVersion, countedMs, segments } = result;
  const days = 'workingDays' in result ? { workingDays: result.workingDays } : {};
  const pushed = 'pushedMs' in result ? { pushedMs: result.pushedMs } : {};
  return { ...provisional, calendarVersion, ...days, ...pushed, countedMs, segments };
}

type Question = {
  readonly calendar: Calendar;
  readonly start: Instant;
  readonly pauses: readonly Pause[];
} & ({ readonly end: Instant } | { readonly duration: string });

const FIELDS = ['calendar', 'start', 'duration', 'end', 'pauses'];

function read(line: string): Question | Refusal {
  const fields = parseObject(line);
  if (fields === undefined) return wrong('the line', line.slice(0, 80), 'a JSON object');
  const stray = Object.keys(fields).find((key) => !FIELDS.includes(key));
  if (stray !== undefined) return wrong('the line', stray, `only ${FIELDS.join(', ')}`);
  if ((fields.duration === undefined) === (fields.end === undefined)) {
    return wrong('the line', Object.keys(fields).join(', '), 'either duration or end');
  }
  const calendar = calendarOf(fields.calendar);
  if (isRefusal(calendar)) return calendar;
  const start = instantOf('start', fields.start);
  if (isRefusal(start)) return start;
  const pauses = pausesOf(fields.pauses);
  if (isRefusal(pauses)) return pauses;
  if (fields.end === undefined) {
    if (typeof fields.duration !== 'string') return wrong('duration', fields.duration, 'text such as PT8H');
    return { calendar, start, pauses, duration: fields.duration };
  }
  const end = instantOf('end', fields.end);
  return isRefusal(end) ? end : { calendar, start, pauses, end };
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** A calendar is made ready once, however many lines name it. */
const prepared = new LRUCache<string, Calendar | Refusal>({ max: 100 });

function calendarOf(value: unknown): Calendar | Refusal {
  const known = Object.keys(SHIPPED_CALENDARS);
  if (typeof value === 'string' && !known.includes(value)) {
    return wrong('calendar', value, `${known.join(', ')}, or an object`);
  }
  const key = JSON.stringify(value) ?? '';
  const before = prepared.get(key);
  if (before !== undefined) return before;
  const definition = typeof value === 'string' ? SHIPPED_CALENDARS[value]! : (value as CalendarDefinition);
  const calendar = prepareCalendar(definition);
  prepared.set(key, calendar);
  return calendar;
}

function instantOf(field: string, value: unknown): Instant | Refusal {
  const at = typeof value === 'string' ? parseInstant(value) : undefined;
  return at ?? wrong(field, value, 'an instant with an offset such as 2026-01-05T09:00:00+08:00');
}

function pausesOf(value: unknown): readonly Pause[] | Refusal {
  if (value === undefined) return [];
  const expected = 'a list of [from, to]';
  if (!Array.isArray(value)) return wrong('pauses', value, expected);
  const pauses: Pause[] = [];
  for (const pair of value as readonly unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2) return wrong('pauses', pair, expected);
    const [from, to] = [instantOf('pauses', pair[0]), instantOf('pauses', pair[1])];
    if (isRefusal(from)) return from;
    if (isRefusal(to)) return to;
    pauses.push({ from, to });
  }
  return pauses;
}

const wrong = (at: string, found: unknown, expected: string): Refusal =>
  refuse('LINE_MALFORMED', { at, found: JSON.stringify(found) ?? 'nothing', expected });

/** `UNKNOWN_ZONE: zone Mars/Olympus` */
function sentence({ code, facts }: Refusal): string {
  const told = Object.entries(facts).map(
    ([name, fact]) => `${name} ${typeof fact === 'string' ? fact : JSON.stringify(fact)}`,
  );
  return told.length === 0 ? code : `${code}: ${told.join(', ')}`;
}
