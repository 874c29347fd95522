import type { CalendarDefinition, Hours } from './definition.js';

const ALL_DAY: readonly Hours[] = [['00:00', '24:00']];
const OFFICE: readonly Hours[] = [['09:00', '17:30']];

/** Calendars that have a name without any pack. */
export const SHIPPED_CALENDARS: Readonly<Record<string, CalendarDefinition>> = {
  /** Never closed: open time is elapsed time. */
  always: {
    zone: 'UTC',
    week: { mon: ALL_DAY, tue: ALL_DAY, wed: ALL_DAY, thu: ALL_DAY, fri: ALL_DAY, sat: ALL_DAY, sun: ALL_DAY },
  },
  /** An office in China with its public holidays and make-up workdays. */
  'china-office': {
    zone: 'Asia/Shanghai',
    week: { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE },
    country: 'CN',
  },
};
