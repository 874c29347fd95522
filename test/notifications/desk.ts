import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import {
  caseAggregate,
  receiveCase,
  settleCase,
  type CaseDecide,
  type CaseEvent,
  type CaseState,
  type ReceiveCase,
} from '#cases';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '#event-store/embedded';
import { CommandExecutor } from '#execution';
import { ENGINE, isRefusal, newId, TestClock, type Actor, type Instant } from '#kernel';
import { MailServer } from '#notifications/testing';
import type { Directory } from '#organisation';
import { openEmbeddedDirectory } from '#organisation/embedded';
import { loadPack, type Policy } from '#policy';
import { openEmbeddedVault, type EmbeddedVault } from '#privacy/embedded';
import { JobLedger } from '../../apps/worker/job-ledger.js';
import { Notifications, type ShownNotice } from '../../apps/api/automations/notifications.js';

export const HOUR = 3_600_000;
/** Monday, nine in the morning in Shanghai: the office opens. */
export const MONDAY: Instant = '2026-01-05T01:00:00.000Z';
export const PUBLIC_URL = 'https://redress.example.org';

const GROUP = readFileSync(join(import.meta.dirname, '../../libs/policy/packs/group.yaml'), 'utf8');

/** By which a test knows that all that came before was looked at. */
const MARKER = { kind: 'feedback', channel: 'survey', content: '-' };
const MARKER_RULE = `
    - id: marker
      on: [{ event: CaseReceived, when: case.kind == "feedback" && case.channel == "survey" }]
      to: [nobody]
      channels: [log]
      template: reported
      urgent: true
      source: '·'
`;

/** The group's pack with further rules before its own. */
export const groupWith = (rules: string): Policy =>
  loadPack(GROUP.replace('\n  rules:\n', `\n  rules:${MARKER_RULE}${rules}`), 'group-with.yaml');

/** A real log, directory, outbox and mail server under a test clock; only HTTP is left out. */
export class NotifyingDesk {
  readonly logged: Record<string, unknown>[] = [];
  notifications!: Notifications;
  private ledger!: JobLedger;

  private constructor(
    readonly folder: string,
    readonly clock: TestClock,
    readonly mailServer: MailServer,
    private readonly parts: {
      readonly store: EmbeddedEventStore;
      readonly vault: EmbeddedVault;
      readonly directory: Directory;
      readonly executor: CommandExecutor<CaseState, CaseEvent, Policy>;
      readonly policy: Policy;
    },
    private readonly withMail: boolean,
  ) {}

  static async open({
    policy = groupWith(''),
    mail = true,
    at = MONDAY,
  }: { policy?: Policy; mail?: boolean; at?: Instant } = {}): Promise<NotifyingDesk> {
    const folder = mkdtempSync(join(tmpdir(), 'redress-notify-'));
    const clock = new TestClock(at);
    const vault = await openEmbeddedVault({ folder, masterKey: Buffer.alloc(32, 7), pool: true, clock });
    const store = await openEmbeddedEventStore({ folder });
    const directory = await openEmbeddedDirectory({ folder, secret: vault.secret('api-keys'), clock });
    const ruling = { pack: policy.id, version: policy.version, policy };
    const executor = new CommandExecutor(caseAggregate, { store, vault, clock, policyFor: () => ruling });
    const parts = { store, vault, directory, executor, policy };
    const desk = new NotifyingDesk(folder, clock, await MailServer.start(), parts, mail);
    await desk.openNotifications();
    desk.notifications.start();
    return desk;
  }

  /** Opens the outbox as a start of the server does; `start` is yet to come. */
  async openNotifications(): Promise<void> {
    const { store, vault, directory, policy } = this.parts;
    const mail = { url: this.mailServer.url, from: 'Redress <redress@example.org>' };
    this.ledger = await JobLedger.open({ folder: this.folder });
    this.notifications = await Notifications.open({
      ledger: this.ledger,
      settings: { publicUrl: PUBLIC_URL, mail: this.withMail ? mail : undefined },
      ...{ reader: store, clock: this.clock, directory, secret: vault.secret('notifications') },
      rules: { policyFor: () => policy, policies: () => [policy], onPublished: () => () => undefined },
      logger: pino({ level: 'info' }, { write: (line) => this.logged.push(JSON.parse(line)) }),
    });
  }

  async closeNotifications(): Promise<void> {
    await this.notifications.close();
    await this.ledger.close();
  }

  async restart(): Promise<void> {
    await this.closeNotifications();
    await this.openNotifications();
    this.notifications.start();
  }

  /** As an outbox that was restored from an old backup: the log is read again from its beginning. */
  async rewind(): Promise<void> {
    await this.closeNotifications();
    this.tamper("update followed set commit_position = '-1', prepare_position = '-1'");
    await this.openNotifications();
    this.notifications.start();
  }

  async loseOutbox(): Promise<void> {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(this.folder, `outbox.db${suffix}`), { force: true });
    await this.openNotifications();
    this.notifications.start();
  }

  /** Puts the outbox into a state that a crash can leave, while nobody has it open. */
  tamper(...statements: readonly string[]): void {
    const database = new Database(join(this.folder, 'outbox.db'));
    for (const statement of statements) database.prepare(statement).run();
    database.close();
  }

  async end(): Promise<void> {
    await this.closeNotifications();
    await this.mailServer.down();
    await this.parts.directory.close();
    await this.parts.store.close();
    await this.parts.vault.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Somebody with an address, who holds posts. @returns their id */
  async person(name: string, { posts = [], ...contact }: { posts?: string[]; [field: string]: unknown } = {}) {
    const { id } = await this.parts.directory.addPerson({ kind: 'person', name });
    await this.parts.directory.changePerson(id, { email: `${name}@example.org`, ...contact });
    for (const post of posts) await this.parts.directory.assignPost({ post, personIds: [id] });
    return id;
  }

  async receive(command: Partial<ReceiveCase> = {}): Promise<string> {
    const id = newId();
    const complaint = { kind: 'complaint', channel: 'phone', content: '厨房漏水', complainant: { name: '王芳' } };
    await this.send(id, receiveCase, { ...complaint, ...command } as ReceiveCase, { create: true });
    return id;
  }

  async send<C>(
    id: string,
    decide: CaseDecide<C>,
    command: C,
    { create = false, actor = { id: 'li', role: 'supervisor' } }: { create?: boolean; actor?: Actor } = {},
  ): Promise<void> {
    const outcome = await this.parts.executor.execute({
      ...{ id, decide, command, create, actor, commandId: newId(), digest: '', correlationId: 'test' },
    });
    if (isRefusal(outcome)) throw new Error(`refused: ${outcome.code} ${JSON.stringify(outcome.facts)}`);
  }

  /** What the timer does at the present instant. */
  settle(id: string): Promise<void> {
    return this.send(id, settleCase, {}, { actor: ENGINE });
  }

  async state(id: string): Promise<CaseState> {
    return (await this.parts.executor.load(id))!.state;
  }

  async events(id: string): Promise<readonly string[]> {
    return (await this.parts.store.readStream(`case-${id}`)).map(({ type }) => type);
  }

  /** The oldest first. */
  async notices(state?: ShownNotice['state']): Promise<ShownNotice[]> {
    const all = await this.notifications.list(state, undefined, 200);
    return all.filter(({ rule }) => rule !== 'marker').reverse();
  }

  /** Rule, recipient and state of each notice. */
  async told(): Promise<string[][]> {
    await this.quiet();
    return (await this.notices()).map((it) => [it.rule, it.recipient, it.state]).sort();
  }

  /** The mails that came, once there are so many. */
  async mails(count: number): Promise<MailServer['mails']> {
    await until(() => this.mailServer.mails.length >= count);
    await this.quiet();
    return this.mailServer.mails;
  }

  /** Until nothing is under way: all that is in the log was looked at, and what is due was tried. */
  async quiet(): Promise<void> {
    const marker = newId();
    await this.send(marker, receiveCase, MARKER as ReceiveCase, { create: true });
    const all = () => this.notifications.list(undefined, undefined, 10_000);
    await until(async () => (await all()).some(({ caseId }) => caseId === marker));
    await until(async () => {
      const open = (await all()).filter(({ state }) => state === 'waiting' || state === 'sealed');
      return open.every((it) => (it.nextAttemptAt ?? it.dueAt) > this.clock.now());
    });
  }

  /** Whether there are jobs, and all are in one state. */
  jobsAre(state: string): boolean {
    const database = new Database(join(this.folder, 'outbox.db'), { readonly: true });
    const states = database.prepare('select distinct state from job').pluck().all();
    database.close();
    return states.length === 1 && states[0] === state;
  }

  /** All that the outbox file holds, as text. */
  outboxText(): string {
    const database = new Database(join(this.folder, 'outbox.db'), { readonly: true });
    const rows = ['notice', 'job'].map((table) => database.prepare(`select * from ${table}`).all());
    database.close();
    return JSON.stringify(rows);
  }
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`this never came about: ${holds.toString()}`);
    await turn();
  }
}
