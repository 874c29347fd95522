import type { CaseEventType } from '../http/shapes.ts';

/** What a sentence about a clock or an escalation is made of; every part is in the viewer's words already. */
export interface ClockFacts {
  readonly clock: string;
  readonly due: string;
  readonly dueBefore: string;
  readonly at: string;
  readonly span: string;
  readonly percent: number;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
  readonly owedBy: string;
  readonly provisional: boolean;
  readonly standsStill: boolean;
}

export interface EscalationFacts {
  readonly chain: string;
  readonly level: number;
  readonly people: string;
  readonly reason: string;
  readonly by: string;
}

type ClockSentence = (facts: ClockFacts) => string;
type EscalationSentence = (facts: EscalationFacts) => string;

/** Clocks, their explanation and escalations in English. */
export const enClocks = {
  clocks: {
    explain: (clock: string) => `${clock}: why it is due then`,
    left: (span: string) => `${span} left`,
    stillOwed: 'Missed, still owed',
    doneLate: (span: string) => `Done ${span} late`,
    provisional: 'provisional',
    provisionalHint: (years: string) =>
      `The public holidays of ${years} are not published yet; it is counted again once they are.`,
    warned: (percent: number) => `${percent} % used up`,
    warning: (percent: number, at: string) => `Warning at ${percent} %: ${at}`,
    moved: (times: number) => (times === 1 ? 'moved' : `moved ${times} times`),
    runOf: (run: number, runs: number) => `run ${run} of ${runs}`,
    otherRuns: 'Runs',
    stretch: { running: 'runs', paused: 'paused', closed: 'closed' },
    columns: { from: 'From', to: 'To', kind: '', counted: 'Counted', sum: 'Sum' },
    countsFrom: {
      occurred: 'counts from when it happened',
      recorded: 'counts from when it was recorded',
      accepted: 'counts from when the case was accepted',
      event: 'counts from when this happened',
      given: 'an instant that was named',
    },
    measure: {
      open: 'open hours',
      elapsed: 'around the clock',
      'working-days': 'working days',
      months: 'months',
    },
    facts: {
      start: 'Starts',
      budget: 'Time allowed',
      due: 'Due',
      calendar: 'Calendar',
      version: 'version',
      policy: 'Policy',
      source: 'Rule',
      owedBy: 'Owed by',
      continues: 'Goes on with',
      zone: (zone: string) => `counted in ${zone}`,
      ours: 'no document; the pack’s own default',
    },
    standsStill: 'It stands still. When it will be due is counted when it goes on.',
    sum: (sum: string, budget: string) => `${sum} of ${budget} counted`,
    sumOfDays: (sum: string, days: number) => `${sum} on ${days} working days`,
    leftOver: (left: string) => `${left} left for when it goes on`,
    pushed: (span: string) => `pauses pushed it on by ${span}`,
    named: 'The instant was named by somebody, not counted.',
    unlike:
      'What is known of the calendar today does not lead to the deadline on record, which stands. No way to it is shown rather than a wrong one.',
    unlikeVersion: (version: string) => `Known today: version ${version}.`,
    unlikeDue: (due: string) => `By it the deadline would be ${due}.`,
    story: 'What became of it',
    because: (event: string) => `because of: ${event}`,
    unwritten: 'not written down yet',
    noStretch: 'Nothing lies between start and due.',
  },
  says: {
    DeadlineSet: ({ clock, due, provisional }) => `${clock} is due ${due}${provisional ? ', provisionally' : ''}.`,
    DeadlineWarned: ({ clock, percent, due }) => `${percent} % of the time for ${clock} is used up; it is due ${due}.`,
    ClockPaused: ({ clock, at }) => `${clock} stands still from ${at}.`,
    ClockResumed: ({ clock, span, due }) => `${clock} goes on after ${span}; it is due ${due} now.`,
    DeadlineMoved: ({ clock, dueBefore, due, reason }) => `${clock} is due ${due} instead of ${dueBefore}: ${reason}.`,
    DeadlineMet: ({ clock, span, at }) => `${clock} was met at ${at}, ${span} before it was due.`,
    DeadlineMissed: ({ clock, due, owedBy }) =>
      `${clock} was missed: it was due ${due}.${owedBy && ` Owed by ${owedBy}.`}`,
    DeadlineFulfilledLate: ({ clock, at, span }) => `${clock} was done all the same at ${at}, ${span} late.`,
    DeadlineCancelled: ({ clock, reason }) => `${clock} is no longer needed: ${reason}.`,
    VerdictCorrected: ({ clock, from, to, standsStill }) =>
      to === ''
        ? `${clock}: “${from}” does not hold; ${standsStill ? 'it stands still' : 'it runs on'}.`
        : `${clock}: “${from}” is corrected to “${to}”.`,
  } satisfies Partial<Record<CaseEventType, ClockSentence>>,
  saysOfEscalation: {
    CaseEscalated: ({ chain, level, people, reason }) => `${chain}, level ${level}: ${people} called in (${reason}).`,
    EscalationAcknowledged: ({ chain, level, by }) => `${chain}, level ${level}: acknowledged by ${by}.`,
    EscalationWithdrawn: ({ chain, level, reason }) => `${chain}, level ${level}: withdrawn (${reason}).`,
  } satisfies Partial<Record<CaseEventType, EscalationSentence>>,
  /** Codes that the engine gives as reasons, where they are no name of an event. */
  reason: {
    PRIORITY_CHANGED: 'another priority holds',
    CALENDAR_PUBLISHED: 'the holiday calendar was published',
    VERDICT_CORRECTED: 'the verdict it rested on was corrected',
    NOT_ACKNOWLEDGED: 'nobody acknowledged the level below in time',
    GROUND_FELL: 'the ground of the severity fell',
  },
  /** Posts that the shipped packs call in or that owe something. */
  post: {
    owner: 'the owner',
    unit: 'the unit',
    receiver: 'who received it',
    unit_head: 'head of the unit',
    service_centre_head: 'head of the service centre',
    company_leaders: 'company leaders',
    group_leaders: 'group leaders',
    liaison: 'the liaison',
    authorised_signatory: 'authorised signatory',
    brand_division: 'brand division',
    complaints_executive: 'executive for complaints',
    customer_relations_manager: 'customer relations manager',
    estate_manager: 'estate manager',
    general_manager: 'general manager',
    group_call_centre: 'group call centre',
    laboratory_director: 'director of the laboratory',
    office_head: 'head of the office',
    quality_head: 'quality head',
    service_manager: 'service manager',
    technical_manager: 'technical manager',
    technical_office: 'technical office',
  },
  escalation: {
    byHand: 'Escalated by hand',
    level: (level: number) => `Level ${level}`,
    state: {
      open: 'waits for an acknowledgement',
      acknowledged: 'acknowledged',
      ended: 'ended with the case’s result',
      passed_up: 'passed up, nobody acknowledged',
      withdrawn: 'withdrawn',
    },
    to: 'Called in',
    since: 'Since',
    until: 'To be acknowledged by',
    acknowledgedBy: 'Acknowledged by',
  },
};

export type ClockTerms = typeof enClocks;
