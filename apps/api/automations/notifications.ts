import type { Logger } from 'pino';
import {
  deliverMessages,
  DELIVERIES,
  NotifyFromLog,
  readHistoryOf,
  SealMessages,
  type LoggedNotice,
  type Recipient,
} from '#automations';
import type { EventReader } from '#event-store';
import { workersOn, type Carrier, type Job, type Jobs, type Worker } from '#jobs';
import { refuse, type Clock, type Refusal } from '#kernel';
import type { MailCarrier, Notice, NoticeFilter, NoticeState, Outbox } from '#notifications';
import { bindOutbox, SqlOutbox } from '#notifications/embedded';
import { SmtpCarrier } from '#notifications/smtp';
import type { Directory } from '#organisation';
import type { Policy } from '#policy';
import type { Rulebook } from '#rulebook';
import type { JobLedger } from '../../worker/job-ledger.js';
import type { Settings } from '../start-up/settings.js';

/** Mail servers take few at a time from one sender. */
const DELIVERIES_AT_ONCE = 4;
/** So many of those that failed for good are looked through for the latest. */
const MOST_DEAD = 1000;

/** The rules by which people are told: those of every version that rules any case. */
export interface NotifyingRules {
  readonly policyFor: (pack: string, version: string) => Policy;
  readonly policies: () => readonly Policy[];
  readonly onPublished: (listener: () => void) => () => void;
}

export interface NotificationParts {
  readonly settings: Pick<Settings, 'mail' | 'publicUrl'>;
  readonly ledger: JobLedger;
  readonly reader: EventReader;
  readonly clock: Clock;
  readonly directory: Directory;
  /** 32 bytes, the vault's secret `notifications`. */
  readonly secret: Buffer;
  readonly rules: NotifyingRules;
  /** Carries deliveries to whichever process is free; undefined where this one does them itself. */
  readonly carrier?: Carrier | undefined;
  readonly logger: Logger;
}

/** A notice as it is shown: with what became of its message. */
export interface ShownNotice extends Omit<Notice, 'state'> {
  /** `dead` is what failed for good until a person has it tried again. */
  readonly state: NoticeState | 'dead';
  readonly failures?: number;
  readonly lastError?: string;
  readonly nextAttemptAt?: string;
}

/** Who is told of what, composed: the log is followed, notices become messages, messages are delivered. */
export class Notifications {
  private readonly outbox: Outbox;
  private readonly jobs: Jobs;
  private readonly follower: NotifyFromLog;
  private readonly sealer: SealMessages;
  private readonly worker: Worker;
  private readonly mail: MailCarrier | undefined;
  private isOn = false;
  private readonly unhear: () => void;
  private unheard: () => void = () => undefined;

  private constructor(private readonly parts: NotificationParts) {
    const { clock, reader, secret, settings, directory, rules, logger, ledger } = parts;
    const outbox = (this.outbox = new SqlOutbox(ledger.outbox));
    const jobs = (this.jobs = ledger.jobs);
    this.mail = settings.mail && new SmtpCarrier(settings.mail);
    const onFailure = (error: unknown): void => logger.error({ err: error }, 'notifications failed and will go on');
    const shared = { clock, outbox, secret, onFailure, policyFor: rules.policyFor };
    this.worker = deliverMessages({
      ...{ ...shared, jobs, mail: this.mail, publicUrl: settings.publicUrl },
      startWorker: workersOn(parts.carrier, DELIVERIES_AT_ONCE),
      recipientOf: (id) => recipientIn(directory, id),
      log: (notice) => this.tell(notice),
      onFailed: (job, failure) => this.tellFailure(job, failure),
    });
    this.sealer = new SealMessages({
      ...{ ...shared, jobs, readHistory: readHistoryOf(reader) },
      onSealed: () => this.worker.arm(),
    });
    this.follower = new NotifyFromLog({
      ...{
        ...shared,
        reader,
        policies: rules.policies,
      },
      whoIs: (word) => directory.whoIs(word).map(({ id }) => id),
      onRecorded: () => this.sealer.arm(),
    });
    this.unhear = ledger.onChanged(() => {
      if (this.isOn) this.worker.arm();
    });
  }

  /** Ties the outbox to the log; nothing is sent before `start`. @throws OutboxOfAnotherLog */
  static async open(parts: NotificationParts): Promise<Notifications> {
    await bindOutbox(parts.ledger.outbox, parts.reader);
    return new Notifications(parts);
  }

  /** Goes on where the outbox stands, also after a stop. */
  start(): void {
    this.isOn = true;
    if (this.mail === undefined) this.parts.logger.info('no REDRESS_SMTP_URL: notifications go into this log');
    this.follower.start();
    this.unheard = this.parts.rules.onPublished(() => this.follower.rulesChanged());
    this.sealer.start();
    this.worker.start();
  }

  async stop(): Promise<void> {
    this.isOn = false;
    this.unheard();
    await this.follower.stop();
    await this.sealer.stop();
    await this.worker.stop();
  }

  /** Does what is carried to this process, whichever one found it due. */
  receive(): void {
    this.worker.receive();
  }

  async close(): Promise<void> {
    await this.stop();
    this.unhear();
    await this.worker.close();
    this.mail?.close();
  }

  async list(
    state: NoticeState | 'dead' | undefined,
    caseId: string | undefined,
    limit: number,
  ): Promise<ShownNotice[]> {
    const dead = state === 'dead' ? await this.jobs.list({ queue: DELIVERIES, state }, MOST_DEAD) : [];
    const filter: NoticeFilter = {
      ...(caseId !== undefined && { caseId }),
      ...(state === 'dead' && { messageIds: dead.map(({ id }) => id) }),
      ...(state !== undefined && state !== 'dead' && { states: [state] }),
    };
    const notices = await this.outbox.list(filter, limit);
    const sealed = notices.flatMap((notice) => (notice.state === 'sealed' ? [notice.messageId!] : []));
    const jobs = new Map((await this.jobs.getAll([...new Set(sealed)])).map((job) => [job.id, job]));
    return notices.map((notice) => shown(notice, jobs));
  }

  async counts(): Promise<Readonly<Record<NoticeState | 'deadMessages', number>>> {
    const dead = (await this.jobs.counts()).find(({ queue, state }) => queue === DELIVERIES && state === 'dead');
    return { ...(await this.outbox.counts()), deadMessages: dead?.count ?? 0 };
  }

  /** Has dead messages tried again now; all of them where none is named. MESSAGE_UNKNOWN, MESSAGE_NOT_DEAD */
  async retry(messageId?: string): Promise<{ readonly retried: number } | Refusal> {
    const now = this.parts.clock.now();
    const retried =
      messageId === undefined
        ? await this.jobs.reviveAll(DELIVERIES, now)
        : Number(await this.jobs.revive(messageId, now));
    if (messageId !== undefined && retried === 0) {
      return refuse((await this.jobs.get(messageId)) ? 'MESSAGE_NOT_DEAD' : 'MESSAGE_UNKNOWN', { messageId });
    }
    await this.parts.ledger.changed();
    return { retried };
  }

  private tell(notice: LoggedNotice): void {
    const { logger } = this.parts;
    if (notice.fallback === 'NOBODY_HOLDS_POST' || notice.fallback === 'NO_ADDRESS') {
      logger.error(notice, 'a notification reached nobody by mail: give the post a holder, or the person an address');
    } else logger.info(notice, 'notification');
  }

  private tellFailure({ id, failures }: Job, { error, dead }: { error: string; dead: boolean }): void {
    const facts = { messageId: id, error, failures: failures + 1 };
    if (dead) this.parts.logger.error(facts, 'a notification was not delivered and is not tried again by itself');
    else this.parts.logger.warn(facts, 'a notification was not delivered and will be tried again');
  }
}

function shown(notice: Notice, jobs: ReadonlyMap<string, Job>): ShownNotice {
  const job = notice.state === 'sealed' ? jobs.get(notice.messageId!) : undefined;
  if (job === undefined) return notice;
  const { failures, lastError, dueAt } = job;
  return {
    ...notice,
    state: job.state === 'dead' ? 'dead' : notice.state,
    failures,
    ...(lastError !== undefined && { lastError }),
    ...(job.state === 'waiting' && { nextAttemptAt: dueAt }),
  };
}

function recipientIn(directory: Directory, id: string): Recipient | undefined {
  const [person] = directory.whoIs(id);
  if (person === undefined) return undefined;
  const { email, language, timeZone } = person;
  return { email, language, timeZone };
}

export const rulesOf = (rulebook: Rulebook, held: (policy: Policy) => Policy): NotifyingRules => ({
  policyFor: (pack, version) => {
    const found = rulebook.register.version(pack, version);
    // It was published, or nothing could have been ruled by it.
    if (found === undefined) throw new Error(`this process has not heard of the pack ${pack} ${version} yet`);
    return held(found.policy);
  },
  policies: () => [...rulebook.register.versions().values()].flat().map(({ policy }) => held(policy)),
  onPublished: (listener) => rulebook.onPublished(listener),
});
