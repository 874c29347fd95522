import { plainToInstance } from 'class-transformer';
import { caseCommand } from '#cases';
import {
  deriveId,
  epochMs,
  instant,
  isRefusal,
  plusMs,
  TestClock,
  type Actor,
  type Instant,
  type JsonObject,
} from '#kernel';

import { importDemoOrganisation } from './demo/organisation.js';
import { Dice } from './demo/random.js';
import { STORIES, type Move, type Telling } from './demo/stories.js';
import { CHINESE, ENGLISH, NAMES, STAFF } from './demo/texts.js';
import type { CaseExecutor } from './engine/executor.js';
import type { ApiServer } from './server.js';

const CASES = 320;
const WEEKS = 5;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CHANNELS = ['phone', 'phone', 'phone', 'email', 'chat', 'walk_in', 'social_media', 'web_form'] as const;
const UNITS: Readonly<Record<string, string>> = {
  engineering_quality: 'engineering',
  property_management: 'property',
  sales_management: 'sales',
};

/** A move that is to be made at an instant; the first move of a case receives it. */
interface Appointment {
  readonly at: Instant;
  readonly caseNumber: number;
  readonly move: Omit<Move, 'afterMs'>;
}

/**
 * Fills an empty desk with invented complaints of the last weeks, in all states. They are decided by the engine like any
 * other, one after the other in the order of time, under a clock that runs from five weeks ago to now.
 */
export async function seedDemo({ engine }: ApiServer): Promise<void> {
  const now = engine.clock.now();
  const clock = new TestClock(plusMs(now, -WEEKS * 7 * DAY));
  const staff = await hireStaff(engine.directory);
  await importDemoOrganisation(engine, clock);
  const dice = new Dice(20_261_122);
  const appointments = Array.from({ length: CASES }, (_, number) => story(number, dice, now)).flat();
  appointments.sort((a, b) => (a.at < b.at ? -1 : 1));
  await engine.automations.timer.stop();
  const desk = new Desk(engine.executorOn(clock), engine.reading, staff);
  for (const appointment of appointments) {
    if (appointment.at > clock.now()) clock.moveTo(appointment.at);
    await desk.keep(appointment);
  }
  engine.automations.timer.start();
}

/** A case from its first call on, as far as it came by now. */
function story(caseNumber: number, dice: Dice, now: Instant): readonly Appointment[] {
  const language = dice.next() < 0.6 ? 'zh' : 'en';
  const matter = dice.pick(language === 'zh' ? CHINESE : ENGLISH);
  const telling: Telling = { matter, language, unit: UNITS[matter.category] ?? 'service-centre', dice };
  // More of the recent than of the old, as on any desk, and by day rather than at night (UTC+8).
  const daysAgo = Math.floor(WEEKS * 7 * dice.next() ** 1.5);
  const midnight = Math.floor(epochMs(now) / DAY) * DAY - daysAgo * DAY;
  let at = instant(midnight + Math.round(dice.between(0.2, 11) * HOUR));
  const appointments: Appointment[] = [{ at, caseNumber, move: received(telling) }];
  for (const move of dice.weighted(STORIES)(telling)) {
    at = plusMs(at, move.afterMs);
    appointments.push({ at, caseNumber, move });
  }
  return appointments.filter((appointment) => appointment.at < now);
}

function received({ matter, language, dice, unit }: Telling): Appointment['move'] {
  const numbered = (text: string): string => text.replace('{n}', String(dice.integer(2, 38)));
  const persons = dice.weighted([
    [90, 1],
    [6, dice.integer(3, 8)],
    [2, dice.integer(10, 25)],
  ]);
  const body = {
    kind: dice.weighted([
      [88, 'complaint'],
      [8, 'request'],
      [4, 'feedback'],
    ]),
    channel: dice.pick(CHANNELS),
    subject: numbered(matter.subject),
    content: matter.content,
    complainant: { name: dice.pick(NAMES[language]), phone: `138${dice.integer(10_000_000, 99_999_999)}` },
    category: matter.category,
    persons,
    unit,
  };
  return { command: 'ReceiveCase', by: 'agent', body: () => body };
}

type Staff = readonly { readonly actor: Actor; readonly unit: string; readonly role: string }[];

async function hireStaff(directory: ApiServer['engine']['directory']): Promise<Staff> {
  const staff = [];
  for (const { name, unit, role } of STAFF) {
    const { id } = await directory.addPerson({ kind: 'person', name, unit });
    staff.push({ actor: { id, role, unit }, unit, role });
  }
  return staff;
}

const idOf = (caseNumber: number): string => deriveId(Buffer.from('demo'), String(caseNumber));

/** The people of the desk at work. */
class Desk {
  private readonly results = new Map<number, JsonObject>();
  private sent = 0;

  constructor(
    private readonly executor: CaseExecutor,
    private readonly reading: ApiServer['engine']['reading'],
    private readonly staff: Staff,
  ) {}

  async keep({ at, caseNumber, move }: Appointment): Promise<void> {
    const definition = caseCommand(move.command);
    const results = this.results.get(caseNumber) ?? {};
    const actor = this.actor(move.by, caseNumber);
    const body = { ...move.body(at, results) } as Record<string, unknown>;
    if (body.owner === 'handler') body.owner = this.actor('handler', caseNumber).id;
    if (move.command === 'AcknowledgeEscalation') body.escalationId = await this.openEscalation(caseNumber, at);
    const outcome = await this.executor.execute({
      id: idOf(caseNumber),
      create: move.command === 'ReceiveCase',
      decide: definition.decide,
      command: plainToInstance(definition.command, body),
      commandId: deriveId(Buffer.from('demo'), String(caseNumber), String(this.sent++)),
      digest: 'demo',
      actor,
      correlationId: `demo-${caseNumber}`,
    });
    // A story may come to a point where the desk says no (a promise was broken meanwhile …): then it rests there.
    if (!isRefusal(outcome)) this.results.set(caseNumber, { ...results, ...outcome.result });
  }

  /** The one that has waited longest; nobody has to be called in, and then the desk says no. */
  private async openEscalation(caseNumber: number, at: Instant): Promise<string> {
    const moment = { actor: this.actor('supervisor', caseNumber), open: false, by: 'recorded', asOf: at } as const;
    const shown = await this.reading.detail(idOf(caseNumber), moment);
    const escalations = (shown?.['escalations'] ?? []) as readonly { escalationId: string; state: string }[];
    return escalations.find(({ state }) => state === 'open')?.escalationId ?? 'none';
  }

  private actor(by: Move['by'], caseNumber: number): Actor {
    const role = by === 'supervisor' ? 'supervisor' : 'agent';
    const able = this.staff.filter((one) => one.role === role);
    return able[(caseNumber + (by === 'handler' ? 1 : 0)) % able.length]!.actor;
  }
}
