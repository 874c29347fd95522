import { epochMs, isRefusal, refuse, type Instant, type Refusal } from '#kernel';
import { DAY_MS, parseDate } from './local-day.js';
import { zoneNamed } from './zone.js';

/**
 * How many days of the wall calendar of a zone lie from one day to another, each given as a date (`2026-01-05`) or as an
 * instant; negative where the second is the earlier one.
 * @returns UNKNOWN_ZONE, or DATE_MALFORMED
 */
export function daysBetween(from: string, to: string, zoneName: string): number | Refusal {
  const zone = zoneNamed(zoneName);
  if (isRefusal(zone)) return zone;
  const dayOf = (at: Instant): number | undefined => {
    const date = parseDate(at);
    if (date !== undefined) return date;
    const ms = epochMs(at);
    return Number.isNaN(ms) ? undefined : Math.floor(zone.localMs(ms) / DAY_MS);
  };
  const [first, last] = [dayOf(from), dayOf(to)];
  if (first === undefined || last === undefined) return refuse('DATE_MALFORMED', { from, to });
  return last - first;
}
