import { setTimeout as delay } from 'node:timers/promises';
import {
  groupLag,
  type EventStore,
  type GroupFilter,
  type GroupInfo,
  type GroupName,
  type GroupPlace,
  type GroupSettings,
  type GroupStart,
} from '#event-store';
import { instant, type Instant, type Position } from '#kernel';
import { failed } from '../http/validate.js';

/** A consumer group as operators see it: whether somebody consumes, and what has piled up. */
export interface ShownGroup extends GroupName {
  readonly consumers: number;
  /** Events that it has not settled; null in `$all` where more wait than it reads ahead, which nobody counts. */
  readonly lag: number | null;
  /** When the first event behind its checkpoint was written; null where all is settled, or the store does not say. */
  readonly behindSince: Instant | null;
  /** Read and with nobody yet, what comes again included. */
  readonly waiting: number;
  /** With consumers and not settled. */
  readonly inFlight: number;
  /** Put aside for an operator. */
  readonly parked: number;
}

export interface ShownGroupDetails extends ShownGroup {
  /** A revision; in `$all` a position token. Null where there is none yet. */
  readonly read: number | string | null;
  /** Where a restart goes on. */
  readonly checkpoint: number | string | null;
  readonly startFrom: number | string;
  /** Since the server started, what came again included. */
  readonly delivered: number;
  readonly settings: GroupSettings;
  readonly connections: GroupInfo['consumers'];
}

/** A group that is to be: what is left out has the defaults of EventStoreDB's clients, but for where it starts. */
export interface GroupOrder
  extends
    GroupName,
    Partial<Pick<GroupSettings, 'messageTimeoutMs' | 'maxRetryCount' | 'maxSubscriberCount' | 'strategy'>> {
  /** `start` (default), `end`, a revision; in `$all` a position token. Inclusive. */
  readonly startFrom?: string;
  /** In `$all`, one of the two. */
  readonly streamPrefixes?: readonly string[];
  readonly typePrefixes?: readonly string[];
}

/** What the desk asks of the feed: outside of the engine positions are tokens (EVENTS.md 4). */
export interface Tokens {
  tokenOf(position: Position): string;
  positionOf(token: string): Promise<Position>;
}

/** How long a scrape of figures waits. */
const ANSWERS_MS = 2000;

/** What operators see and do of the groups by which other services share the log, whichever store it is in. */
export class ConsumerDesk {
  constructor(
    private readonly store: EventStore,
    private readonly tokens: Tokens,
  ) {}

  async list(): Promise<ShownGroup[]> {
    const groups = await this.store.consumerGroups.list();
    return Promise.all(groups.map((info) => this.shown(info)));
  }

  /** @throws GroupMissing */
  async show(group: GroupName): Promise<ShownGroupDetails> {
    const info = await this.store.consumerGroups.info(group);
    return {
      ...(await this.shown(info)),
      read: this.place(info.read),
      checkpoint: this.place(info.checkpoint),
      startFrom: typeof info.startFrom === 'string' ? info.startFrom : this.place(info.startFrom)!,
      delivered: info.delivered,
      settings: info.settings,
      connections: info.consumers,
    };
  }

  /**
   * @throws GroupExists, GroupRefused, StreamDeleted; ProblemError VALIDATION_FAILED where parts do not go together, and what
   * is wrong with a position token
   */
  async create(order: GroupOrder): Promise<ShownGroupDetails> {
    const { stream, group, startFrom = 'start' } = order;
    const settings = settingsOf(order);
    const filter = filterOf(order);
    const start = await this.start(stream, startFrom);
    await this.store.consumerGroups.create({ stream, group, startFrom: start, settings, ...(filter && { filter }) });
    return this.show({ stream, group });
  }

  /** How many each group has parked, by its name. A store that does not answer soon tells nothing. */
  async parked(): Promise<ReadonlyMap<string, number>> {
    const asked = this.store.consumerGroups.list().catch(() => []);
    const sums = new Map<string, number>();
    for (const { group, parked } of await Promise.race([asked, delay(ANSWERS_MS, [], { ref: false })])) {
      sums.set(group, (sums.get(group) ?? 0) + parked);
    }
    return sums;
  }

  /** @returns how many were parked. @throws GroupMissing */
  async replay(group: GroupName): Promise<number> {
    const { parked } = await this.store.consumerGroups.info(group);
    await this.store.consumerGroups.replayParked(group);
    return parked;
  }

  /** @throws GroupMissing */
  delete(group: GroupName): Promise<void> {
    return this.store.consumerGroups.delete(group);
  }

  private async shown(info: GroupInfo): Promise<ShownGroup> {
    const { events, sinceMs } = await groupLag(this.store, info);
    return {
      stream: info.stream,
      group: info.group,
      consumers: info.consumers.length,
      lag: events ?? null,
      behindSince: sinceMs === undefined ? null : instant(sinceMs),
      waiting: info.waiting,
      inFlight: info.inFlight,
      parked: info.parked,
    };
  }

  private place(place: GroupPlace | undefined): number | string | null {
    if (place === undefined) return null;
    return typeof place === 'bigint' ? Number(place) : this.tokens.tokenOf(place);
  }

  private async start(stream: string, startFrom: string): Promise<GroupStart> {
    if (startFrom === 'start' || startFrom === 'end') return startFrom;
    if (stream === '$all') return this.tokens.positionOf(startFrom);
    if (!/^\d{1,18}$/.test(startFrom))
      throw failed([{ field: 'startFrom', problem: 'must be start, end, or a revision' }]);
    return BigInt(startFrom);
  }
}

/** What was said of them. */
function settingsOf(order: GroupOrder): Partial<GroupSettings> {
  return Object.fromEntries(
    (['messageTimeoutMs', 'maxRetryCount', 'maxSubscriberCount', 'strategy'] as const)
      .filter((name) => order[name] !== undefined)
      .map((name) => [name, order[name]]),
  );
}

function filterOf({ stream, streamPrefixes, typePrefixes }: GroupOrder): GroupFilter | undefined {
  const on = streamPrefixes === undefined ? 'type' : 'stream';
  const prefixes = streamPrefixes ?? typePrefixes;
  if (prefixes === undefined) return undefined;
  const field = `${on}Prefixes`;
  if (stream !== '$all') throw failed([{ field, problem: 'only groups on $all are filtered' }]);
  if (streamPrefixes !== undefined && typePrefixes !== undefined) {
    throw failed([{ field, problem: 'only one of streamPrefixes and typePrefixes' }]);
  }
  return { on, prefixes };
}
