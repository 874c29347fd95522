import { deriveId, laterOf, type Clock, type Instant } from '#kernel';
import { WakingLoop, type Jobs } from '#jobs';
import type { Lane, Notice, Outbox } from '#notifications';
import type { Policy } from '#policy';
import { caseBehind, type History, type ReadHistory } from './history.js';
import { standingOf, type Standing } from './standing.js';

export const DELIVERIES = 'notifications';

/** More go into the next message. */
const MOST_PER_MESSAGE = 500;

export interface SealPorts {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly jobs: Jobs;
  readonly readHistory: ReadHistory;
  readonly secret: Buffer;
  readonly policyFor: (pack: string, version: string) => Policy;
  readonly onSealed?: () => void;
  readonly onFailure?: (error: unknown) => void;
}

/**
 * When notices are due, then they become a message, and the message a job. One that was sent lately makes those that follow
 * wait and go out together (E-1, never floods); what is not urgent waits for the office to open; what was overtaken is left out
 * (EVENTS.md 15, 16). What is in a message is fixed before it is sent, so that its Message-ID stays the same.
 */
export class SealMessages {
  private readonly loop: WakingLoop;
  private recovered = false;

  constructor(private readonly ports: SealPorts) {
    const { clock, onFailure } = ports;
    this.loop = new WakingLoop({ clock, work: () => this.sealWhatIsDue(), onFailure });
  }

  /** Call it at the start, and when notices were recorded. */
  start(): void {
    this.loop.start();
  }

  arm(): void {
    this.loop.arm();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async sealWhatIsDue(): Promise<Instant | undefined> {
    const { outbox, clock } = this.ports;
    if (!this.recovered) await this.recover();
    for (const lane of await outbox.dueLanes(clock.now())) {
      if (!this.loop.isStopped) await this.sealLane(lane, clock.now());
    }
    return outbox.nextDue();
  }

  /** A crash may have come between sealing a message and adding its job; adding it again changes nothing. */
  private async recover(): Promise<void> {
    for (const messageId of await this.ports.outbox.sealedMessages()) await this.addJob(messageId);
    this.recovered = true;
  }

  private async sealLane(lane: Lane, now: Instant): Promise<void> {
    const { outbox, secret } = this.ports;
    const notices = await outbox.due(lane, now, MOST_PER_MESSAGE);
    const sendAt = await this.sendAt(lane, notices, now);
    if (sendAt > now) return outbox.postpone(lane, now, sendAt);
    const ids = await this.stillStanding(notices);
    if (ids.length === 0) return;
    const messageId = deriveId(secret, 'message', ...ids);
    await outbox.seal(messageId, ids, now);
    await this.addJob(messageId);
  }

  private async sendAt(lane: Lane, notices: readonly Notice[], now: Instant): Promise<Instant> {
    const last = await this.ports.outbox.lastSealedAt(lane);
    const rules = notices[0] && this.ports.policyFor(notices[0].pack, notices[0].packVersion).notices;
    if (rules === undefined) return now;
    return rules.notBefore(last === undefined ? now : laterOf(now, rules.nextAfter(last)), lane.urgent);
  }

  private async stillStanding(notices: readonly Notice[]): Promise<string[]> {
    const histories = new Map<string, History>();
    const by: Record<Standing, string[]> = { stands: [], superseded: [], withdrawn: [] };
    for (const { id, caseId, causeId } of notices) {
      const history = histories.get(caseId) ?? (await this.ports.readHistory(caseId));
      histories.set(caseId, history);
      const cause = history.find((event) => event.id === causeId);
      by[cause === undefined ? 'stands' : standingOf(cause, caseBehind(history))].push(id);
    }
    for (const state of ['superseded', 'withdrawn'] as const) await this.ports.outbox.drop(by[state], state);
    return by.stands;
  }

  private async addJob(messageId: string): Promise<void> {
    const { jobs, clock, onSealed } = this.ports;
    await jobs.add({ id: messageId, queue: DELIVERIES, data: { messageId }, dueAt: clock.now() });
    onSealed?.();
  }
}
