import { parsePackBudget, type Budget } from '#calendar';
import { isRefusal } from '#kernel';
import { calendarNamed, Calendars } from './calendars.js';
import { Reckoning } from './reckoning.js';
import type { ClockRule, EscalationRule } from './schema/clock.js';
import { PLAIN_CUSTOMERS, type CustomersWho } from './schema/customers.js';
import type { Pack } from './schema/pack.js';
import { IMMEDIATELY, reasonOf, type PackBudget } from './schema/words.js';

/** What is wrong with a pack besides its form: the path to it, and why. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly reason: string;
}

const DAY_MS = 86_400_000;
/** Winter and summer of either hemisphere: what can be counted from these can be counted from any instant. */
const SAMPLES = ['2026-01-15T12:00:00.000Z', '2026-07-15T12:00:00.000Z'];

/**
 * Everything that a pack names is there, and every budget can be counted: a pack that passed never fails a command (but
 * for pauses of decades). Calendars without working time, unknown zones and budgets beyond 50 years end here.
 */
export function faultsOf(pack: Pack, calendars: Calendars): readonly Fault[] {
  const ofCalendars = Object.entries(pack.calendars).flatMap(([name, value]) => {
    const definition = calendarNamed(pack.calendars, name);
    if (definition === undefined) return [{ path: ['calendars', name], reason: `there is no calendar "${value}"` }];
    const calendar = calendars.prepare(definition, '9999');
    return isRefusal(calendar) ? [{ path: ['calendars', name], reason: reasonOf(calendar) }] : [];
  });
  if (ofCalendars.length > 0) return ofCalendars;
  const reckoning = new Reckoning(pack, calendars);
  return [
    ...pack.clocks.flatMap((rule, index) => clockFaults(rule, ['clocks', index], pack, reckoning)),
    ...pack.escalations.flatMap((rule, index) => escalationFaults(rule, ['escalations', index], pack, reckoning)),
    ...quietFaults(pack),
    ...visitFaults(pack, reckoning),
    ...fileFaults(pack, reckoning),
    ...referenceFaults(pack),
  ];
}

function clockFaults(rule: ClockRule, path: Fault['path'], pack: Pack, reckoning: Reckoning): readonly Fault[] {
  const faults: Fault[] = [{ at: ['budget'], budget: rule.budget }]
    .concat(rule.budgets.map(({ budget }, index) => ({ at: ['budgets', `${index}`, 'budget'], budget })))
    .flatMap(({ at, budget }) =>
      budgetFaults(budget, rule.calendar, pack, reckoning).map((reason) => ({ path: [...path, ...at], reason })),
    );
  if (rule.pausedBy.length > 0 && rule.resumedBy.length === 0) {
    faults.push({ path: [...path, 'pausedBy'], reason: 'what is paused must be resumed: say by what in resumedBy' });
  }
  if (rule.onPriorityChange !== 'keep' && rule.budgets.length === 0) {
    faults.push({ path: [...path, 'onPriorityChange'], reason: 'there is one budget only, whatever the priority' });
  }
  return faults;
}

function escalationFaults(rule: EscalationRule, path: Fault['path'], pack: Pack, reckoning: Reckoning): Fault[] {
  return rule.levels.flatMap(({ acknowledgeWithin, calendar }, index) => {
    const at = [...path, 'levels', index];
    if (acknowledgeWithin === undefined) {
      const isLast = index === rule.levels.length - 1;
      return isLast ? [] : [{ path: at, reason: 'a level below another says how long it waits: acknowledgeWithin' }];
    }
    return budgetFaults(acknowledgeWithin, calendar, pack, reckoning).map((reason) => ({
      path: [...at, 'acknowledgeWithin'],
      reason,
    }));
  });
}

function quietFaults({ notifications, calendars }: Pack): readonly Fault[] {
  const name = notifications?.quietOutside?.calendar;
  if (name === undefined || calendarNamed(calendars, name) !== undefined) return [];
  return [{ path: ['notifications', 'quietOutside', 'calendar'], reason: `there is no calendar "${name}"` }];
}

/** V-2: milestones that there are, and times that can be counted. */
function visitFaults(pack: Pack, reckoning: Reckoning): readonly Fault[] {
  const milestones = (pack.customers ?? PLAIN_CUSTOMERS).milestones.map(({ id }) => id);
  const unknown = (milestone: string | undefined, path: Fault['path']): readonly Fault[] =>
    milestone === undefined || milestones.includes(milestone)
      ? []
      : [{ path, reason: `there is no milestone "${milestone}"; there are ${milestones.join(', ')}` }];
  const grounds = pack.customers?.qualityGrounds ?? [];
  return [
    ...grounds.flatMap((it, index) => unknown(it.milestone, ['customers', 'qualityGrounds', index, 'milestone'])),
    ...pack.routineVisits.flatMap(({ milestone, calendar, ...visit }, index) => {
      const path = ['routineVisits', index];
      const spans = (['opensAfter', 'repeatsEvery', 'lapsesAfter'] as const).flatMap((name) => {
        const span = visit[name];
        if (span === undefined) return [];
        const reasons = [
          ...budgetFaults(span, calendar, pack, reckoning),
          ...(name === 'repeatsEvery' ? standstill(span) : []),
        ];
        return reasons.map((reason) => ({ path: [...path, name], reason }));
      });
      return [...unknown(milestone, [...path, 'milestone']), ...spans];
    }),
  ];
}

/** C-2: tiers and milestones that there are, and times that can be counted and lead on. */
function fileFaults(pack: Pack, reckoning: Reckoning): readonly Fault[] {
  const { tiers, milestones, fileDuties, liaisons } = pack.customers ?? PLAIN_CUSTOMERS;
  const known = { tiers: tiers.map(({ id }) => id), milestone: milestones.map(({ id }) => id) };
  const who = (when: CustomersWho | undefined, path: Fault['path']): readonly Fault[] => [
    ...(when?.tiers ?? [])
      .filter((it) => !known.tiers.includes(it))
      .map((it) => ({
        path: [...path, 'tiers'],
        reason: `there is no tier "${it}"; there are ${known.tiers.join(', ')}`,
      })),
    ...(when?.milestone === undefined || known.milestone.includes(when.milestone)
      ? []
      : [{ path: [...path, 'milestone'], reason: `there is no milestone "${when.milestone}"` }]),
  ];
  return [
    ...fileDuties.flatMap(({ when, budget, calendar }, index) => {
      const path = ['customers', 'fileDuties', index];
      const reasons = [...budgetFaults(budget, calendar, pack, reckoning), ...standstill(budget)];
      return [...who(when, [...path, 'when']), ...reasons.map((reason) => ({ path: [...path, 'budget'], reason }))];
    }),
    ...liaisons.flatMap(({ when }, index) => who(when, ['customers', 'liaisons', index, 'when'])),
  ];
}

/** A repetition that does not lead on would never come to an end (EVENTS.md 13); nobody visits more than once a day. */
function standstill(span: Budget): readonly string[] {
  const isShort =
    (span.measure === 'elapsed' && span.durationMs < DAY_MS) ||
    (span.measure === 'months' && span.months < 1) ||
    (span.measure === 'working-days' && span.days < 1) ||
    span.measure === 'open';
  return isShort ? ['it must be at least one day'] : [];
}

function budgetFaults(
  budget: PackBudget,
  calendar: string | undefined,
  pack: Pack,
  reckoning: Reckoning,
): readonly string[] {
  if (budget === IMMEDIATELY && pack.immediately === undefined) {
    return ['the pack must say what "immediately" tolerates: immediately: { tolerance: 30m, source: … }'];
  }
  const { measure, text } = reckoning.inFull(budget);
  if (calendar === undefined) {
    return measure === 'elapsed' ? [] : [`"${text}" is counted on a calendar: name one in "calendar"`];
  }
  if (calendarNamed(pack.calendars, calendar) === undefined) return [`there is no calendar "${calendar}"`];
  const refused = SAMPLES.map((startsAt) =>
    reckoning.reckon({ budget, calendar }, { startsAt, pauses: [], knownAt: startsAt }),
  ).find(isRefusal);
  return refused === undefined ? [] : [reasonOf(refused)];
}

/** Fields, steps and windows that are named but are not there. */
function referenceFaults(pack: Pack): readonly Fault[] {
  const faults: Fault[] = [];
  const fields = new Set(pack.fields.map(({ id }) => id));
  const steps = new Set(pack.steps.map(({ id }) => id));
  pack.repeats.forEach(({ same, window, calendar }, index) => {
    for (const name of same) {
      const field = name.startsWith('field.') ? name.slice('field.'.length) : undefined;
      if (field !== undefined && !fields.has(field)) {
        faults.push({ path: ['repeats', index, 'same'], reason: `the pack has no field "${field}"` });
      }
    }
    if (calendar !== undefined && calendarNamed(pack.calendars, calendar) === undefined) {
      faults.push({ path: ['repeats', index, 'calendar'], reason: `there is no calendar "${calendar}"` });
    }
    const budget = window === undefined ? undefined : parsePackBudget(window);
    if (isRefusal(budget)) faults.push({ path: ['repeats', index, 'window'], reason: reasonOf(budget) });
    else if (budget !== undefined && budget.measure !== 'elapsed' && budget.measure !== 'months') {
      faults.push({ path: ['repeats', index, 'window'], reason: 'a window is elapsed time or months: 24h, 30d, 1mo' });
    }
  });
  pack.steps.forEach(({ after }, index) => {
    const unknown = after.find((step) => !steps.has(step));
    if (unknown !== undefined)
      faults.push({ path: ['steps', index, 'after'], reason: `there is no step "${unknown}"` });
  });
  return faults;
}
