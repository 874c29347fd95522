import type { CommandName } from '#cases';
import { plusMs, type Instant, type JsonObject } from '#kernel';
import type { Dice } from './random.js';
import { NOTES, OPINIONS, type Matter } from './texts.js';

/** One move in a story: so long after the one before it, by whom, with what. */
export interface Move {
  readonly afterMs: number;
  readonly command: CommandName;
  readonly by: 'agent' | 'handler' | 'supervisor';
  /** The body, from the instant of the move and the results of the moves before it. */
  body(at: Instant, results: JsonObject): object;
}

/** Who complains about what, in which language, and what becomes of it. */
export interface Telling {
  readonly matter: Matter;
  readonly language: 'zh' | 'en';
  readonly unit: string;
  readonly dice: Dice;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type Story = (telling: Telling) => readonly Move[];

const move =
  (
    hours: readonly [number, number],
    command: CommandName,
    body: Move['body'] = () => ({}),
    by: Move['by'] = 'handler',
  ): ((telling: Telling) => Move) =>
  ({ dice }) => ({ afterMs: Math.round(dice.between(...hours) * HOUR), command, body, by });

const accept = move([0.1, 2], 'AcceptCase', undefined, 'agent');
/** Whoever takes a case in gives it to somebody at once: what is due next is somebody's from the first minute. */
const assign = (telling: Telling): Move =>
  move([0, 0], 'AssignCase', () => ({ unit: telling.unit, owner: 'handler' }), 'agent')(telling);
const reply =
  (hours: readonly [number, number], occurredHoursAgo?: number) =>
  (telling: Telling): Move =>
    move(hours, 'GiveReply', (at) => ({
      channel: 'phone',
      text: telling.matter.reply,
      ...(occurredHoursAgo === undefined ? {} : { occurredAt: plusMs(at, -occurredHoursAgo * HOUR) }),
    }))(telling);
const investigate = (telling: Telling): Move =>
  move([3, 20], 'RecordInvestigation', () => ({
    justification: telling.dice.pick(['justified', 'justified', 'partly_justified', 'not_justified']),
    findings: telling.dice.pick(NOTES[telling.language]),
  }))(telling);
const planWithin =
  (hours: readonly [number, number]) =>
  (telling: Telling): Move =>
    move(hours, 'ProposePlan', (at) => ({ measures: telling.matter.reply, dueAt: plusMs(at, 5 * DAY) }))(telling);
const plan = planWithin([1, 14]);
const acceptPlan = move([2, 20], 'AcceptPlan', (_at, { planId }) => ({ planId, by: 'customer' }));
const progress = (telling: Telling): Move =>
  move([10, 40], 'ReportProgress', () => ({ toCustomer: true, text: telling.dice.pick(NOTES[telling.language]) }))(
    telling,
  );
const note = (telling: Telling): Move =>
  move([1, 20], 'AddNote', () => ({ text: telling.dice.pick(NOTES[telling.language]) }))(telling);
const resolve =
  (outcome = 'remedied') =>
  (telling: Telling): Move =>
    move([6, 40], 'ResolveCase', () => ({ outcome, resolution: telling.matter.resolution }))(telling);
const notify = move([0.2, 4], 'NotifyCustomer', () => ({ channel: 'phone', inWriting: false }));
const visit =
  (satisfied: boolean) =>
  (telling: Telling): Move =>
    move(
      [4, 55],
      'RecordReturnVisit',
      () => ({
        channel: 'phone',
        reached: true,
        satisfied,
        score: satisfied ? telling.dice.integer(7, 10) : telling.dice.integer(1, 4),
        notes: OPINIONS[telling.language][satisfied ? 'good' : 'bad'],
      }),
      'agent',
    )(telling);
const promise = (telling: Telling): Move =>
  move([1, 5], 'MakePromise', (at) => ({ dueAt: plusMs(at, 2 * DAY), text: telling.matter.reply }))(telling);
/** Whoever was called in says that they know; which escalation that is stands in the case. */
const acknowledge = (hours: readonly [number, number]) => move(hours, 'AcknowledgeEscalation', undefined, 'supervisor');
const reportUp = move([0.05, 0.4], 'ReportUp', () => ({ to: 'company_leaders', duty: 'K-4.major' }), 'supervisor');
const close = move([0.5, 20], 'CloseCase', undefined, 'agent');
const archive = move([60, 200], 'ArchiveCase', (at) => ({ year: Number(at.slice(0, 4)) }), 'supervisor');

const told =
  (...moves: readonly ((telling: Telling) => Move)[]): Story =>
  (telling) =>
    [assign, ...moves].map((make) => make(telling));

const solved = [resolve(), notify, visit(true), close];

/** What happens on a desk, and how often. Where a story meets the present it stops: that is where the case stands. */
export const STORIES: readonly (readonly [weight: number, story: Story])[] = [
  [30, told(accept, reply([2, 30]), investigate, plan, acceptPlan, progress, ...solved, archive)],
  [14, told(accept, reply([1, 8]), note, ...solved)],
  [6, told(accept, note, reply([55, 90]), investigate, ...solved)],
  [5, told(accept, note, reply([50, 80]), acknowledge([0.5, 5]), investigate, plan, ...solved)],
  [6, told(accept, reply([60, 70], 30), ...solved)],
  [6, told(move([0.5, 20], 'DeclineCase', () => ({ reasonCode: 'not_ours' }), 'agent'))],
  [
    5,
    told(
      accept,
      reply([2, 20]),
      move([10, 60], 'WithdrawCase', () => ({ reasonCode: 'settled_between_the_parties' })),
    ),
  ],
  [
    10,
    told(
      accept,
      reply([2, 30]),
      plan,
      move([4, 20], 'StartWaiting', () => ({ waitingFor: 'customer' })),
      move([20, 90], 'EndWaiting'),
      progress,
      ...solved,
    ),
  ],
  [
    8,
    told(
      accept,
      reply([2, 30]),
      investigate,
      move([4, 20], 'ProposeCompensation', () => ({ amountCents: 85_000 })),
      move([4, 30], 'ApproveCompensation', (_at, { compensationId }) => ({ compensationId }), 'supervisor'),
      resolve('compensated'),
      notify,
      visit(false),
      move([0.5, 3], 'ReopenCase', () => ({ reasonCode: 'not_satisfied' }), 'agent'),
      progress,
      ...solved,
    ),
  ],
  [
    6,
    told(
      accept,
      move([3, 30], 'GrowGroup', () => ({ persons: 12 }), 'agent'),
      reportUp,
      acknowledge([0.3, 20]),
      move([0.1, 1], 'EscalateCase', () => ({ reasonCode: 'group', chain: 'late' }), 'agent'),
      acknowledge([0.3, 20]),
      reply([2, 20]),
      investigate,
      ...solved,
    ),
  ],
  [
    5,
    told(
      accept,
      move([5, 30], 'ClassifyCase', () => ({ circumstances: ['media'] }), 'supervisor'),
      reportUp,
      acknowledge([0.2, 6]),
      reply([2, 20]),
      plan,
    ),
  ],
  [
    8,
    told(
      accept,
      reply([2, 30]),
      promise,
      move([20, 70], 'KeepPromise', (_at, { promiseId }) => ({ promiseId })),
      ...solved,
    ),
  ],
  [6, told(note)],
  [
    9,
    told(
      accept,
      reply([0.5, 6]),
      planWithin([0.5, 4]),
      move([0.5, 8], 'StartWaiting', () => ({ waitingFor: 'customer' })),
      move([30, 120], 'EndWaiting'),
      progress,
      ...solved,
    ),
  ],
];
