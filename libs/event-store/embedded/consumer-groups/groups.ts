import { GroupDropped, GroupExists, GroupMissing, StoreUnavailable } from '../../errors.js';
import { Links } from '../links.js';
import { positionAt } from '../rows.js';
import type { EmbeddedEventStore } from '../store.js';
import { checkBuffers, checkStart, type GroupDefinition } from './definition.js';
import { Group, type GroupParts } from './group.js';
import { GroupList, type GroupEntry } from './group-list.js';
import { GroupStreams } from './group-streams.js';
import { sourceOf } from './source.js';

const keyOf = ({ stream, group }: Pick<GroupDefinition, 'stream' | 'group'>): string => `${stream}::${group}`;
const TICK_MS = 1_000;

/** All persistent subscriptions. What they are, how far they have come and what they parked is in the log. */
export class Groups {
  private readonly groups = new Map<string, Group>();
  private readonly entries = new Map<string, GroupEntry>();
  /** Streams that have or had groups: EventStoreDB tells "none any more" from "none ever". */
  private readonly topics = new Set<string>();
  private readonly list: GroupList;
  private readonly links: Links;
  private closed = false;
  private ticking: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: EmbeddedEventStore,
    private readonly onFault: (error: unknown) => void,
    private readonly now: () => number,
  ) {
    this.list = new GroupList(store, now);
    this.links = new Links(store.queries);
  }

  /** Takes up the groups of the log, once. */
  start(): void {
    if (this.ticking !== undefined) return;
    for (const entry of this.list.load()) this.open(entry);
    this.ticking = setInterval(() => this.tick(), TICK_MS).unref();
    this.follow().catch((error: unknown) => this.onFault(error));
  }

  /** @throws GroupMissing */
  get(stream: string, group: string): Group {
    const found = this.groups.get(keyOf({ stream, group }));
    if (found === undefined) throw new GroupMissing(stream, group);
    return found;
  }

  /** All of them, or those of a stream. @throws GroupMissing where the stream had none since the start */
  of(stream: string | undefined): Group[] {
    const all = [...this.groups.values()];
    if (stream === undefined) return all;
    if (!this.topics.has(stream)) throw new GroupMissing(stream, '');
    return all.filter(({ definition }) => definition.stream === stream);
  }

  /** @throws GroupExists, GroupRefused */
  async create(definition: GroupDefinition, user: string): Promise<void> {
    const key = keyOf(definition);
    checkStart(definition, this.store.queries.head() ?? -1);
    if (this.groups.has(key)) throw new GroupExists(definition.stream, definition.group);
    checkBuffers(definition);
    this.open(this.begun(definition));
    try {
      await this.save(user);
    } catch (error) {
      // What is not on disk is not there.
      this.groups.get(key)?.close(new GroupMissing(definition.stream, definition.group));
      this.groups.delete(key);
      this.entries.delete(key);
      throw error;
    }
  }

  /** The consumers are let go; the group goes on from its last checkpoint. @throws GroupMissing, GroupRefused */
  async update(definition: GroupDefinition, user: string): Promise<void> {
    const { stream, group } = definition;
    const old = this.get(stream, group);
    checkStart(definition, this.store.queries.head() ?? -1);
    checkBuffers(definition);
    const { filter } = old.definition;
    await this.replace(old, this.begun({ ...definition, ...(filter === undefined ? {} : { filter }) }));
    await this.save(user);
  }

  /** With its checkpoint and what it parked. @throws GroupMissing */
  async delete(stream: string, group: string, user: string): Promise<void> {
    const old = this.get(stream, group);
    old.close(new GroupDropped(stream, group));
    this.groups.delete(keyOf({ stream, group }));
    this.entries.delete(keyOf({ stream, group }));
    await this.streamsOf({ stream, group }).delete();
    await this.save(user);
  }

  /** Consumers are let go, everything is taken up from the log: what was settled since the last checkpoint comes again. */
  async restart(): Promise<void> {
    this.topics.clear();
    for (const entry of [...this.entries.values()]) {
      await this.replace(this.get(entry.stream, entry.group), entry);
    }
  }

  tick(): void {
    for (const group of this.groups.values()) group.tick();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.ticking);
    for (const group of this.groups.values()) {
      group.close(new StoreUnavailable('The store is closed.'));
      await group.flush();
    }
    this.store.notify();
  }

  /** Whatever is committed may be for a group. */
  private async follow(): Promise<void> {
    while (!this.closed) {
      const head = this.store.queries.head() ?? -1;
      for (const group of this.groups.values()) group.pump();
      await this.store.committedAfter(positionAt(head));
    }
  }

  /** Who is let go may be back at once: the next one must be there before. */
  private async replace(old: Group, entry: GroupEntry): Promise<void> {
    await old.checkpointWritten();
    this.open(entry);
    old.close(new GroupDropped(entry.stream, entry.group));
  }

  private begun(definition: GroupDefinition): GroupEntry {
    return { ...definition, startAfter: sourceOf(definition, this.store.queries).begin(definition.startFrom) };
  }

  private open(entry: GroupEntry): void {
    const source = sourceOf(entry, this.store.queries);
    const streams = this.streamsOf(entry);
    const parts: GroupParts = { source, streams, links: this.links, now: this.now, onFault: this.onFault };
    const checkpoint = streams.checkpoint();
    const after = checkpoint === undefined ? entry.startAfter : source.parse(checkpoint);
    const group = new Group(entry, parts, { after, isCheckpoint: checkpoint !== undefined });
    this.groups.set(keyOf(entry), group);
    this.entries.set(keyOf(entry), entry);
    this.topics.add(entry.stream);
    group.pump();
  }

  private streamsOf(of: Pick<GroupDefinition, 'stream' | 'group'>): GroupStreams {
    return new GroupStreams(this.store, keyOf(of));
  }

  private save(user: string): Promise<void> {
    return this.list.save([...this.entries.values()], user);
  }
}
