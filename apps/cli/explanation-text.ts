import type { ClockExplanation, ClockStep, Counting, EventSeen } from '#cases';
import { shown } from './shown.js';

type At = (instant: string) => string;

/** A run of a clock as people read it: what it rests on, the stretches with their sum, and what became of it. */
export function explanationText(of: ClockExplanation, at: At): string {
  const { clock, run, runs, label, state } = of;
  const name = label === undefined ? clock : `${clock} ${label.zh} · ${label.en}`;
  return [
    `${name}${runs > 1 ? `, run ${run} of ${runs}` : ''}: ${state}${of.fulfilledAt ? ', done late' : ''}`,
    ...restsOn(of, at).map(([what, says]) => `  ${what.padEnd(12)} ${says}`),
    '',
    ...countingText(of.counting, at),
    '',
    ...of.steps.map((step) => `  ${stepText(step, at)}`),
  ].join('\n');
}

function restsOn(of: ClockExplanation, at: At): (readonly [what: string, says: string])[] {
  const { calendar, provisionalYears, startedBy, counting } = of;
  const zone = 'zone' in counting ? `, ${counting.zone}` : '';
  return [
    ['rule', `${of.source}, policy ${of.policy.pack} ${of.policy.version}`],
    ['counts from', `${at(of.startsAt)} (${of.countsFrom})${startedBy ? `: ${eventText(startedBy, at)}` : ''}`],
    ['budget', of.budget + (calendar ? ` on calendar ${calendar.name}, version ${calendar.version}${zone}` : '')],
    [
      'due',
      `${at(of.dueAt)}${of.state === 'paused' ? ', if it had not been paused; it is counted anew when it goes on' : ''}`,
    ],
    ...(provisionalYears === undefined
      ? []
      : [['provisional', `the public holidays of ${provisionalYears.join(', ')} were not published yet`] as const]),
    ...(of.warnings.length === 0
      ? []
      : [
          [
            'warnings',
            of.warnings.map((it) => `${it.percent} % at ${at(it.at)}${it.given ? ' (given)' : ''}`).join(', '),
          ] as const,
        ]),
    ...(of.owedBy.length === 0 ? [] : [['owed by', of.owedBy.map(shown).join(', ')] as const]),
    ...(of.continues === undefined ? [] : [['continues', `run ${of.continues}`] as const]),
  ];
}

function countingText(counting: Counting, at: At): string[] {
  if (counting.how === 'unlike') {
    const { dueAt, calendarVersion } = counting;
    return [
      '  What is known of the calendar today does not lead to the due instant on record; no way to it is shown.',
      ...(calendarVersion === undefined ? [] : [`  Known today: calendar version ${calendarVersion}`]),
      ...(dueAt === undefined ? [] : [`  It leads to ${at(dueAt)}`]),
    ];
  }
  let sumMs = 0;
  const rows = counting.segments.map(({ kind, from, to, countedMs }) => {
    sumMs += countedMs;
    return [at(from), at(to), kind, countedMs === 0 ? '' : spanText(countedMs), spanText(sumMs)];
  });
  return [...table([['from', 'to', '', 'counted', 'sum'], ...rows]), ...sumText(counting)];
}

function sumText(counting: Exclude<Counting, { how: 'unlike' }>): string[] {
  if (counting.how === 'given') return ['  The instant was named, not counted.'];
  const { budgetMs, leftMs, workingDays, pushedMs, countedMs } = counting;
  const days = workingDays === undefined ? '' : ` on ${workingDays.length} working days: ${workingDays.join(', ')}`;
  const of = budgetMs === undefined ? '' : ` of ${spanText(budgetMs)}`;
  return [
    `  sum ${spanText(countedMs)}${of}${days}`,
    ...(leftMs === undefined ? [] : [`  left ${spanText(leftMs)} for when it goes on`]),
    ...(pushedMs === undefined ? [] : [`  pauses pushed it on by ${spanText(pushedMs)}`]),
  ];
}

/** What happened to the run, the cause behind it, and the due instants where it moved. */
function stepText({ cause, due, data, ...event }: ClockStep, at: At): string {
  const says = [
    ...(typeof data['percent'] === 'number' ? [`${data['percent']} %`] : []),
    ...(event.type === 'VerdictCorrected' ? [`${shown(data['from'])} → ${shown(data['to'])}`] : []),
    ...(due === undefined ? [] : [due.before ? `due ${at(due.before)} → ${at(due.after)}` : `due ${at(due.after)}`]),
    ...(typeof data['reasonCode'] === 'string' ? [shown(data['reasonCode'])] : []),
    ...(Array.isArray(data['owedBy']) ? [`owed by ${data['owedBy'].map(shown).join(', ')}`] : []),
  ];
  return [
    eventText(event, at),
    ...(says.length === 0 ? [] : [`: ${says.join('; ')}`]),
    ...(cause === undefined ? [] : [` ← ${numberText(cause)} ${cause.type}`]),
  ].join('');
}

const numberText = ({ revision }: Pick<EventSeen, 'revision'>): string =>
  revision === undefined ? 'not written yet' : `#${revision}`;

function eventText({ type, occurredAt, recordedAt, revision, actor }: EventSeen, at: At): string {
  const late = occurredAt === recordedAt || revision === undefined ? '' : `, recorded ${at(recordedAt)}`;
  return `${numberText({ ...(revision === undefined ? {} : { revision }) })} ${type}, happened ${at(occurredAt)}${late}, by ${shown(actor.id)}`;
}

/** Columns under each other, two spaces between them. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd());
}

const UNITS = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
  [1, 'ms'],
] as const;

/** `46 h 30 min`: hours are not turned into days, which are something else on every calendar. */
export function spanText(ms: number): string {
  let restMs = ms;
  const parts = UNITS.flatMap(([unitMs, name]) => {
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return parts.length === 0 ? '0 h' : parts.join(' ');
}
