import { LRUCache } from 'lru-cache';
import { DateTime } from 'luxon';
import { instant, parseInstant, type Instant } from '#kernel';
import type { Mapping } from './schema.js';

const CACHED_DATES = 20_000;

/** Reads dates as a mapping writes them; logs repeat their dates, so what was read is kept for a while. */
export class DateReader {
  private readonly known = new LRUCache<string, { readonly at: Instant | undefined }>({ max: CACHED_DATES });

  constructor(private readonly dates: Mapping['dates']) {}

  /** @returns undefined where the text fits none of the formats or the date does not exist */
  read(text: string): Instant | undefined {
    const known = this.known.get(text);
    if (known) return known.at;
    const at = this.parse(text);
    this.known.set(text, { at });
    return at;
  }

  private parse(text: string): Instant | undefined {
    const { formats, zone } = this.dates;
    for (const format of formats) {
      if (format === 'iso') {
        const at = parseInstant(text);
        if (at !== undefined) return at;
      }
      const date = format === 'iso' ? DateTime.fromISO(text, { zone }) : DateTime.fromFormat(text, format, { zone });
      if (date.isValid) return instant(date.toMillis());
    }
    return undefined;
  }
}
