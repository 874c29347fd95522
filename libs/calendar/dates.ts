import { DateTime, IANAZone } from 'luxon';
import { instant, parseInstant, type Instant } from '#kernel';

export const DEFAULT_ZONE = 'Asia/Shanghai';

export const isZone = (name: string): boolean => IANAZone.isValidZone(name);

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * A day as people mean it: from its beginning on, or, of an end, the whole of it. An instant with an offset is itself.
 * @returns undefined where the text is neither
 */
export function instantIn(zone: string, text: string, isEnd: boolean): Instant | undefined {
  if (!DAY.test(text)) return parseInstant(text);
  const day = DateTime.fromISO(text, { zone });
  if (!day.isValid) return undefined;
  return instant(
    day
      .plus({ days: isEnd ? 1 : 0 })
      .startOf('day')
      .toMillis(),
  );
}
