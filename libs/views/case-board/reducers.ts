import type { CaseEvent, Phase, Severity } from '#cases/domain';
import { SEVERITIES } from '#cases/domain';
import type { OpenedPart } from '#kernel';
import { openedText, type ProjectedEvent, type Reducers } from '#sql';
import {
  brokenOf,
  ended,
  forgiven,
  isOwed,
  isRun,
  listed,
  missed,
  nameOf,
  namesIn,
  runsOf,
  standsStill,
  started,
  without,
  withDue,
  withOwed,
  withRuns,
} from './runs.js';
import type { BoardRow } from './tables.js';

const EXCERPT_CHARACTERS = 160;

/** The row of a case of which nothing is known yet. Written out: objects made of one literal are copied much faster. */
export const emptyRow = ({ subject, position, meta }: ProjectedEvent): BoardRow => ({
  case_id: subject,
  case_no: position,
  kind: 'complaint',
  phase: 'none',
  severity: 'general',
  severity_rank: 0,
  category: null,
  unit: null,
  owner: null,
  channel: null,
  persons: 1,
  subject: null,
  excerpt: null,
  complainant: null,
  external_reference: null,
  received_at: null,
  recorded_at: meta.recordedAt,
  updated_at: meta.recordedAt,
  running: '[]',
  next_due_at: null,
  next_due_clock: null,
  missed_count: 0,
  owed: '[]',
  broken: 0,
  paused: '[]',
  warned: '[]',
  provisional: '[]',
  reopen_count: 0,
  escalations: '[]',
  escalated: 0,
  repeats: '[]',
  repeated: 0,
  pack: meta.policy.pack,
  pack_version: meta.policy.version,
  receiver: null,
  historical: 0,
  taken_over: 0,
  foreign_events: 0,
  last_revision: 0,
  last_position: position,
});

/** Where every case stands, in the words of the board. */
export const BOARD_REDUCERS: Reducers<BoardRow, CaseEvent> = {
  CaseReceived: (row, { data, personal, meta }) => ({
    ...row,
    phase: 'received',
    kind: data.kind,
    channel: data.channel,
    persons: Math.max(row.persons, data.persons),
    category: data.category ?? row.category,
    unit: data.unit ?? row.unit,
    subject: openedText(personal.subject),
    excerpt: excerptOf(openedText(personal.content)),
    complainant: nameIn(personal.complainant),
    external_reference: openedText(personal.externalReference),
    received_at: meta.occurredAt,
    receiver: data.firstReceiver ?? meta.actor.id,
    recorded_at: meta.recordedAt,
    historical: meta.historical ? 1 : row.historical,
  }),
  CaseDeclined: (row) => inPhase(row, 'declined'),
  CaseAccepted: (row) => inPhase(row, 'handling'),
  CaseClassified: (row, { data }) => ({
    ...row,
    category: data.category ?? row.category,
    kind: data.kind ?? row.kind,
  }),
  GroupGrown: (row, { data }) => ({ ...row, persons: Math.max(row.persons, data.persons) }),
  SeverityRaised: (row, { data }) => ({ ...row, ...withSeverity(data.to) }),
  SeverityLowered: (row, { data }) => ({ ...row, ...withSeverity(data.to) }),
  CaseAssigned: (row, { data }) => ({ ...row, unit: data.unit, owner: data.owner ?? null }),
  CaseTransferred: (row, { data }) => ({ ...row, unit: data.unit, owner: data.owner ?? null }),
  HandlerRecused: (row, { data }) => (row.owner === data.person ? { ...row, owner: null } : row),
  WaitingStarted: (row) => inPhase(row, 'waiting'),
  WaitingEnded: (row) => (row.phase === 'waiting' ? inPhase(row, 'handling') : row),
  CaseEscalated: (row, { data }) =>
    withEscalations(row, [...othersThan(data.above ?? '', row), [data.escalationId, data.level, data.recipients]]),
  EscalationAcknowledged: (row, { data }) => withEscalations(row, othersThan(data.escalationId, row)),
  EscalationWithdrawn: (row, { data }) => withEscalations(row, othersThan(data.escalationId, row)),
  CaseResolved: (row) => withEscalations(inPhase(row, 'resolved'), []),
  CaseReopened: (row, { data }) => ({
    ...inPhase(row, data.to),
    reopen_count: row.reopen_count + (data.to === 'handling' ? 1 : 0),
  }),
  CaseClosed: (row) => inPhase(row, 'closed'),
  CaseArchived: (row) => inPhase(row, 'archived'),
  CaseWithdrawn: (row) => inPhase(row, 'withdrawn'),
  // A promise is a clock (K-3): its own events say nothing that those of its clock do not say.
  DeadlineSet: (row, { data }) => withDue(started(row, data), data),
  DeadlineWarned: (row, { data }) => ({ ...row, warned: listed(row.warned, data) }),
  ClockPaused: (row, { data }) => standsStill(row, data),
  ClockResumed: (row, { data }) => withDue(isOwed(row, data) ? row : started(row, data), data),
  DeadlineMoved: (row, { data }) => withDue(runsOf(row).some(isRun(data)) ? started(row, data) : row, data),
  DeadlineMet: (row, { data }) => ended(row, data),
  DeadlineMissed: (row, { data }) => missed(ended(row, data), data),
  DeadlineFulfilledLate: (row, { data }) => withOwed(row, without(namesIn(row.owed), nameOf(data))),
  DeadlineCancelled: (row, { data }) => ended(row, data),
  VerdictCorrected: (row, { data }) => {
    const missedLess = data.from === 'missed' ? forgiven(row, data) : row;
    switch (data.to) {
      case 'missed':
        return missed(ended(missedLess, data), data);
      case 'running':
        return data.paused === true ? standsStill(missedLess, data) : started(missedLess, data);
      case 'met':
      case 'cancelled':
        return ended(missedLess, data);
      default:
        return data.to satisfies never;
    }
  },
  RepeatFound: (row, { data }) => withRepeats(row, [...without(namesIn(row.repeats), data.rule), data.rule]),
  RepeatWithdrawn: (row, { data }) => withRepeats(row, without(namesIn(row.repeats), data.rule)),
  CaseMovedToPolicy: (row, { data }) => ({ ...row, pack: data.pack, pack_version: data.version }),
  HistoryImported: (row) => withRuns({ ...row, historical: 1 }, runsOf(row)),
  TakenOver: (row) => withRuns({ ...row, taken_over: 1 }, runsOf(row)),
};

/** An opened person's name. What else stands in the part (contacts, numbers) is none of the board's business. */
export function nameIn(part: OpenedPart | undefined): string | null {
  if (part === undefined || !('value' in part)) return null;
  const { value } = part;
  if (typeof value === 'string') return value;
  const name =
    value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as { name?: unknown }).name : null;
  return typeof name === 'string' ? name : null;
}

function withSeverity(severity: Severity): Pick<BoardRow, 'severity' | 'severity_rank'> {
  return { severity, severity_rank: SEVERITIES.indexOf(severity) };
}

const inPhase = (row: BoardRow, phase: Phase): BoardRow => ({
  ...row,
  phase,
  broken: brokenOf(phase, namesIn(row.owed).length),
});

type OpenEscalation = readonly [escalationId: string, level: number, recipients: readonly string[]];

export const openEscalations = ({ escalations }: Pick<BoardRow, 'escalations'>): OpenEscalation[] =>
  JSON.parse(escalations) as OpenEscalation[];

const othersThan = (escalationId: string, row: BoardRow): OpenEscalation[] =>
  openEscalations(row).filter(([id]) => id !== escalationId);

const withEscalations = (row: BoardRow, open: readonly OpenEscalation[]): BoardRow => ({
  ...row,
  escalations: JSON.stringify(open),
  escalated: Number(open.length > 0),
});

const withRepeats = (row: BoardRow, rules: readonly string[]): BoardRow => ({
  ...row,
  repeats: JSON.stringify(rules),
  repeated: Number(rules.length > 0),
});

function excerptOf(content: string | null): string | null {
  if (content === null) return null;
  const characters = [...content.slice(0, (EXCERPT_CHARACTERS + 1) * 2)];
  return characters.length <= EXCERPT_CHARACTERS ? content : `${characters.slice(0, EXCERPT_CHARACTERS).join('')}…`;
}
