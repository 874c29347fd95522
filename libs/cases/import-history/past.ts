import type { Facts } from '#kernel';
import type { Policy } from '#policy';
import {
  established,
  fell,
  illegalIn,
  SOURCE_RULE,
  type CaseEvent,
  type CasePhase,
  type CommandName,
  type Ground,
  type Outcome,
  type Phase,
  type WaitingFor,
} from '../domain/index.js';
import { present, secretText } from '../command.js';
import type { HistoricalEntry, ImportHistory } from './command.js';

/** What becomes of a source's entry: the events that lead where it says, and the codes of what the strict life forbids. */
interface Step {
  readonly events: readonly CaseEvent[];
  readonly irregular: readonly string[];
}

interface Move {
  readonly command: CommandName;
  readonly event: CaseEvent;
  readonly to: CasePhase;
}

/** The outcome of a resolution whose source does not say what it was. */
const UNSAID_OUTCOME: Outcome = 'settled';
const REOPENED_BY_SOURCE = 'source';

/** Walks through the past of a case as its source tells it, and turns each entry into events. Holds where the case stands. */
export class Past {
  private phase: CasePhase = 'received';
  private waitingFor: WaitingFor = 'customer';
  private unit: string | undefined;
  private owner: string | undefined;
  private category: string | undefined;
  private grounds: readonly Ground[] = [];

  constructor(
    private readonly command: ImportHistory,
    private readonly facts: Facts<Policy>,
    private readonly complainant: string,
  ) {
    this.unit = command.unit;
    this.category = command.category;
  }

  /** SourceEntryRecorded and the events it stands for, all of them at the instant of the entry. */
  tell(entry: HistoricalEntry): Step {
    const moved = this.moved(entry);
    const unknown = entry.category !== undefined && !this.facts.policy.knowsCategory(entry.category);
    const irregular = unknown ? [...moved.irregular, 'UNKNOWN_CATEGORY'] : moved.irregular;
    const { state, subState, line, statedVerdict, text } = entry;
    const recorded: CaseEvent = {
      type: 'SourceEntryRecorded',
      data: {
        ...present({ state, subState, line, statedVerdict }),
        ...(irregular.length === 0 ? {} : { irregular }),
      },
      personal: present({
        entry: text === undefined ? undefined : secretText(this.facts, [this.complainant], text),
      }),
    };
    const events = [recorded, ...this.classified(entry), ...this.handlers(entry), ...this.replied(entry)];
    return { events: [...events, ...moved.events].map((event) => ({ ...event, occurredAt: entry.at })), irregular };
  }

  private moved(entry: HistoricalEntry): Step {
    if (entry.phase === undefined) return { events: [], irregular: [] };
    const irregular: string[] = [];
    const events: CaseEvent[] = [];
    if (entry.phase === 'received' && (this.phase === 'handling' || this.phase === 'waiting')) {
      irregular.push(illegalIn('ReceiveCase', this.phase)!);
    }
    for (const { command, event, to } of this.movesTo(entry.phase, entry)) {
      const code = illegalIn(command, this.phase);
      if (code !== undefined) irregular.push(code);
      events.push(event);
      this.phase = to;
    }
    return { events, irregular };
  }

  /**
   * The way from where the case stands. A wait ends by itself when the case moves on; an end is reached directly, as the
   * source says, even where the strict life would want steps between: what nobody recorded is not made up.
   */
  private movesTo(target: Phase, entry: HistoricalEntry): readonly Move[] {
    switch (target) {
      case 'received':
        return this.isOver() ? [this.reopened()] : [];
      case 'handling':
        return this.toHandling();
      case 'waiting':
        return this.toWaiting(entry.waitingFor ?? 'customer');
      case 'resolved':
        return this.phase === 'resolved' ? [] : this.toResolved(entry);
      case 'closed':
        return this.phase === 'closed' ? [] : this.ended('CloseCase', { type: 'CaseClosed', data: {} }, target);
      case 'archived': {
        const year = Number(entry.at.slice(0, 4));
        if (this.phase === 'archived') return [];
        return this.ended('ArchiveCase', { type: 'CaseArchived', data: { year } }, target);
      }
      case 'declined': {
        if (this.phase === 'declined') return [];
        return this.ended('DeclineCase', { type: 'CaseDeclined', data: { reasonCode: 'source' } }, target);
      }
      case 'withdrawn': {
        if (this.phase === 'withdrawn') return [];
        return this.ended('WithdrawCase', { type: 'CaseWithdrawn', data: { reasonCode: 'source' } }, target);
      }
      default:
        return target satisfies never;
    }
  }

  private toHandling(): readonly Move[] {
    if (this.phase === 'handling') return [];
    if (this.phase === 'waiting') return [this.waited()];
    if (this.isOver()) return [this.reopened()];
    return [{ command: 'AcceptCase', event: { type: 'CaseAccepted', data: {} }, to: 'handling' }];
  }

  private toWaiting(waitingFor: WaitingFor): readonly Move[] {
    if (this.phase === 'waiting' && waitingFor === this.waitingFor) return [];
    const first = this.toHandling();
    this.waitingFor = waitingFor;
    const event: CaseEvent = { type: 'WaitingStarted', data: { waitingFor } };
    return [...first, { command: 'StartWaiting', event, to: 'waiting' }];
  }

  private toResolved(entry: HistoricalEntry): readonly Move[] {
    if (this.phase === 'closed') {
      const data = { from: 'closed', to: 'resolved', reasonCode: REOPENED_BY_SOURCE } as const;
      return [{ command: 'ReopenCase', event: { type: 'CaseReopened', data }, to: 'resolved' }];
    }
    const again = this.isOver() ? [this.reopened()] : [];
    const event: CaseEvent = { type: 'CaseResolved', data: { outcome: entry.outcome ?? UNSAID_OUTCOME } };
    return [...again, ...this.ended('ResolveCase', event, 'resolved')];
  }

  private ended(command: CommandName, event: CaseEvent, to: CasePhase): readonly Move[] {
    return [...(this.phase === 'waiting' ? [this.waited()] : []), { command, event, to }];
  }

  private waited(): Move {
    const event: CaseEvent = { type: 'WaitingEnded', data: { waitedFor: this.waitingFor } };
    return { command: 'EndWaiting', event, to: 'handling' };
  }

  /** Leaving an end is a reopening; out of the archive it is one of a closed case, which the strict life forbids. */
  private reopened(): Move {
    const from = this.phase as 'resolved' | 'closed' | 'declined' | 'withdrawn' | 'archived';
    const data = {
      from: from === 'archived' ? 'closed' : from,
      to: 'handling',
      reasonCode: REOPENED_BY_SOURCE,
    } as const;
    return { command: 'ReopenCase', event: { type: 'CaseReopened', data }, to: 'handling' };
  }

  private isOver(): boolean {
    return !['none', 'received', 'handling', 'waiting'].includes(this.phase);
  }

  private handlers({ unit, owner }: HistoricalEntry): readonly CaseEvent[] {
    if (unit === undefined && owner === undefined) return [];
    const [oldUnit, oldOwner] = [this.unit, this.owner];
    // A person is put on a case by their unit; a source that names none stands for it.
    const newUnit = unit ?? oldUnit ?? this.command.source;
    const newOwner = owner ?? (newUnit === oldUnit ? oldOwner : undefined);
    if (newUnit === oldUnit && newOwner === oldOwner) return [];
    [this.unit, this.owner] = [newUnit, newOwner];
    const to = { unit: newUnit, ...present({ owner: newOwner }) };
    return oldUnit === undefined || oldUnit === newUnit
      ? [{ type: 'CaseAssigned', data: to }]
      : [{ type: 'CaseTransferred', data: { fromUnit: oldUnit, ...to } }];
  }

  private classified({ category, severity, at }: HistoricalEntry): readonly CaseEvent[] {
    const events: CaseEvent[] = [];
    if (category !== undefined && category !== this.category) {
      this.category = category;
      events.push({ type: 'CaseClassified', data: { category } });
    }
    const standing = this.grounds;
    if (severity !== undefined && severity !== (standing[0]?.severity ?? 'general')) {
      const { source } = this.command;
      const ground: Ground = { groundId: this.facts.newId(), rule: SOURCE_RULE, severity, evidence: [], source };
      if (severity !== 'general') events.push(established(standing, ground, at));
      this.grounds = severity === 'general' ? [] : [ground];
      if (standing.length > 0) {
        events.push(fell([...standing, ...this.grounds], standing, { reasonCode: 'source', occurredAt: at }));
      }
    }
    return events;
  }

  private replied({ replied }: HistoricalEntry): readonly CaseEvent[] {
    return replied === true ? [{ type: 'ReplyGiven', data: { channel: this.command.channel } }] : [];
  }
}
