/**
 * An instant as ISO 8601 in UTC with milliseconds, e.g. `2026-11-22T05:08:00.000Z`.
 * Instants of the years 0000–9999 compare as text, so `a < b` is "a is earlier".
 */
export type Instant = string;

export const instant = (epochMs: number): Instant => new Date(epochMs).toISOString();

export const epochMs = (at: Instant): number => Date.parse(at);

/** The instant `durationMs` milliseconds later (earlier where negative). */
export const plusMs = (at: Instant, durationMs: number): Instant => instant(epochMs(at) + durationMs);

export const laterOf = (a: Instant, b: Instant): Instant => (a < b ? b : a);

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Reads an ISO 8601 instant that carries an offset; undefined where the text is none or the date does not exist. */
export function parseInstant(text: string): Instant | undefined {
  if (!ISO_INSTANT.test(text)) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  // Date.parse rolls 30 February over into March: the day that was asked for must be the day that was read.
  const day = Number(text.slice(8, 10));
  const daysInMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day > daysInMonth ? undefined : instant(ms);
}
