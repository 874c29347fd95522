import dayjs from 'dayjs';
import plugin from 'dayjs-business-time';
import { addBusiness, prepareCalendar, type Calendar, type Hours } from '#calendar';
import { line } from './report.js';

const OPEN: readonly Hours[] = [['09:00', '17:00']];
const HOLIDAYS = [2024, 2025, 2026].flatMap((year) => [`${year}-01-01`, `${year}-05-01`, `${year}-10-01`]);
const FROM_MS = Date.UTC(2024, 0, 1);
const SPAN_MS = Date.UTC(2026, 11, 1) - FROM_MS;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SAMPLES = 20_000;
const OURS_AT_LEAST_MS = 1_000;
const THEIRS_AT_LEAST_MS = 2_000;

/** Both reckon in the zone of this process, on the same hours and holidays. */
function ours(): Calendar {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const week = { mon: OPEN, tue: OPEN, wed: OPEN, thu: OPEN, fri: OPEN };
  const calendar = prepareCalendar({ zone, week, holidays: HOLIDAYS });
  if ('refused' in calendar) throw new Error(calendar.code);
  return calendar;
}

/** The same every run, any time of day and week; whole minutes, because dayjs-business-time rounds to them. */
function* randomInstants(): Generator<number> {
  for (let seed = 1; ;) {
    seed = (seed * 48_271) % 2_147_483_647;
    yield FROM_MS + Math.floor(((seed / 2_147_483_647) * SPAN_MS) / MINUTE_MS) * MINUTE_MS;
  }
}

/** How many a second, over at least a time; the samples are taken again and again. */
function perSecond<T>(samples: readonly T[], atLeastMs: number, reckon: (sample: T) => unknown): number {
  const from = performance.now();
  let done = 0;
  for (let at = 0; done % 64 !== 0 || performance.now() - from < atLeastMs; at = (at + 1) % samples.length) {
    reckon(samples[at]!);
    done++;
  }
  return (done / (performance.now() - from)) * 1000;
}

/** Deadlines of 8 and of 80 open hours from random instants, beside dayjs-business-time on the same calendar. */
export async function calendar(): Promise<void> {
  dayjs.extend(plugin);
  const prepared = ours();
  const instants = randomInstants();
  const starts = Array.from({ length: SAMPLES }, () => instants.next().value as number);
  const dayjsStarts = starts.map((startMs) => dayjs(startMs));
  dayjs.setHolidays(HOLIDAYS);
  for (const hours of [8, 80]) {
    for (let at = 0; at < 500; at++) {
      const [we, they] = [
        addBusiness(prepared, starts[at]!, hours * HOUR_MS),
        dayjsStarts[at]!.addBusinessHours(hours),
      ];
      if (we !== they.valueOf())
        throw new Error(`${dayjsStarts[at]!.format()} + ${hours} h: ${String(we)}, ${they.format()}`);
    }
    const value = perSecond(starts, OURS_AT_LEAST_MS, (startMs) => addBusiness(prepared, startMs, hours * HOUR_MS));
    const theirs = perSecond(dayjsStarts, THEIRS_AT_LEAST_MS, (start) => start.addBusinessHours(hours));
    console.log(
      line({
        name: `deadlines of ${hours} open hours`,
        value,
        unit: 'per second',
        ceiling: { name: 'dayjs-business-time', value: theirs },
        aim: { share: 50 },
      }),
    );
  }
}
