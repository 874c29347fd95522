import { ALL } from '../../checks.js';
import {
  DEFAULT_GROUP_SETTINGS,
  type ChangedGroup,
  type ConsumeOptions,
  type ConsumerGroups,
  type GroupConsumer,
  type GroupInfo,
  type GroupName,
  type GroupStart,
  type NewGroup,
} from '../../consumer-groups.js';
import { GroupMissing, InvalidArgument } from '../../errors.js';
import { Matcher } from '../filter.js';
import type { EmbeddedEventStore } from '../store.js';
import type { GroupDefinition, StartFrom } from './definition.js';
import { Groups } from './groups.js';
import { groupInfo } from './info.js';
import { LocalConsumer } from './local-consumer.js';
import { checkedStreamOf } from './source.js';

/** Whom the list of groups names as the one who changed it. */
const USER = 'redress';
const DEFAULT_BUFFER = 10;

/** The port on the groups that EventStoreDB clients share. */
export class EmbeddedConsumerGroups implements ConsumerGroups {
  /** For the endpoint, which serves the same ones. */
  readonly groups: Groups;
  private readonly consumers = new Set<GroupConsumer>();

  constructor(
    private readonly store: EmbeddedEventStore,
    onFault: (error: unknown) => void,
    now: () => number,
  ) {
    this.groups = new Groups(store, onFault, now);
  }

  async create({ filter, ...group }: NewGroup): Promise<void> {
    if (filter !== undefined && group.stream !== ALL) throw new InvalidArgument('Only groups on $all have a filter.');
    // An expression that is none is refused now, not when it is first asked.
    new Matcher(filter, this.store.queries.rows);
    checkedStreamOf(group.stream, this.store.queries);
    await this.started().create({ ...definitionOf(group), ...(filter && { filter }) }, USER);
  }

  async update(group: ChangedGroup): Promise<void> {
    await this.started().update(definitionOf(group), USER);
  }

  async delete({ stream, group }: GroupName): Promise<void> {
    await this.started().delete(stream, group, USER);
  }

  async info({ stream, group }: GroupName): Promise<GroupInfo> {
    return groupInfo(this.started().get(stream, group));
  }

  async list(stream?: string): Promise<readonly GroupInfo[]> {
    try {
      return this.started().of(stream).map(groupInfo);
    } catch (error) {
      if (error instanceof GroupMissing) return [];
      throw error;
    }
  }

  async replayParked({ stream, group }: GroupName): Promise<void> {
    await this.started().get(stream, group).replayParked(Infinity);
  }

  consume(group: GroupName, { bufferSize = DEFAULT_BUFFER, name = 'redress' }: ConsumeOptions = {}): GroupConsumer {
    if (!Number.isInteger(bufferSize) || bufferSize < 1)
      throw new InvalidArgument(`A buffer for ${bufferSize} events takes none.`);
    const consumer = new LocalConsumer(
      { groups: this.started(), queries: this.store.queries },
      group,
      { bufferSize, name },
      (closed) => this.consumers.delete(closed),
    );
    this.consumers.add(consumer);
    return consumer;
  }

  /** Writes down how far all have come. */
  async close(): Promise<void> {
    for (const consumer of [...this.consumers]) await consumer.close();
    await this.groups.close();
  }

  private started(): Groups {
    this.groups.start();
    return this.groups;
  }
}

function definitionOf({ stream, group, startFrom, settings }: ChangedGroup): GroupDefinition {
  return { stream, group, startFrom: startOf(startFrom), settings: { ...DEFAULT_GROUP_SETTINGS, ...settings } };
}

function startOf(start: GroupStart): StartFrom {
  if (typeof start === 'string') return start;
  const place = typeof start === 'bigint' ? start : start.commit;
  if (place < 0n) throw new InvalidArgument(`Place ${place} is negative.`);
  return Number(place);
}
