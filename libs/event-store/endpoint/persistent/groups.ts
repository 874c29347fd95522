import type { EmbeddedEventStore } from '../../embedded/store.js';
import { positionAt } from '../../embedded/rows.js';
import type { OnFault } from '../calls.js';
import { groupDropped, groupExists, groupMissing } from '../failures.js';
import { Links } from '../streams/links.js';
import { Group, type GroupParts } from './group.js';
import { GroupList, type GroupEntry } from './group-list.js';
import { GroupStreams } from './group-streams.js';
import { checkDefinition, type GroupDefinition } from './settings.js';
import { sourceOf } from './source.js';

const keyOf = ({ stream, group }: Pick<GroupDefinition, 'stream' | 'group'>): string => `${stream}::${group}`;
const TICK_MS = 1_000;

/** All persistent subscriptions. What they are, how far they have come and what they parked is in the log. */
export class Groups {
  private readonly groups = new Map<string, Group>();
  private readonly entries = new Map<string, GroupEntry>();
  private readonly list: GroupList;
  private readonly links: Links;
  private closed = false;
  private ticking: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: EmbeddedEventStore,
    private readonly onFault: OnFault,
    private readonly now: () => number = Date.now,
  ) {
    this.list = new GroupList(store, now);
    this.links = new Links(store.queries);
  }

  /** Takes up the groups of the log. */
  start(): void {
    for (const entry of this.list.load()) this.open(entry);
    this.ticking = setInterval(() => this.tick(), TICK_MS).unref();
    this.follow().catch((error: unknown) => this.onFault(error));
  }

  /** @throws Failure where there is none */
  get(stream: string, group: string): Group {
    const found = this.groups.get(keyOf({ stream, group }));
    if (found === undefined) throw groupMissing(stream, group);
    return found;
  }

  /** All of them, or those of a stream. @throws Failure where the stream has none */
  of(stream: string | undefined): Group[] {
    const all = [...this.groups.values()];
    if (stream === undefined) return all;
    const found = all.filter(({ definition }) => definition.stream === stream);
    if (found.length === 0) throw groupMissing(stream, '');
    return found;
  }

  /** @throws Failure */
  async create(definition: GroupDefinition, user: string): Promise<void> {
    const key = keyOf(definition);
    checkDefinition(definition, this.store.queries.head() ?? -1);
    if (this.groups.has(key)) throw groupExists(definition.stream, definition.group);
    this.open(this.begun(definition));
    try {
      await this.save(user);
    } catch (error) {
      // What is not on disk is not there.
      this.groups.delete(key);
      this.entries.delete(key);
      throw error;
    }
  }

  /** The consumers are let go; the group goes on from its checkpoint. @throws Failure */
  async update(definition: GroupDefinition, user: string): Promise<void> {
    const { stream, group } = definition;
    const old = this.get(stream, group);
    checkDefinition(definition, this.store.queries.head() ?? -1);
    const { filter } = old.definition;
    old.close(groupDropped(stream, group));
    await old.flush();
    this.open(this.begun({ ...definition, ...(filter === undefined ? {} : { filter }) }));
    await this.save(user);
  }

  /** With its checkpoint and what it parked. @throws Failure */
  async delete(stream: string, group: string, user: string): Promise<void> {
    const old = this.get(stream, group);
    old.close(groupDropped(stream, group));
    this.groups.delete(keyOf({ stream, group }));
    this.entries.delete(keyOf({ stream, group }));
    await this.streamsOf({ stream, group }).delete();
    await this.save(user);
  }

  /** As a restart: consumers are let go, everything is taken up from the log. */
  async restart(): Promise<void> {
    for (const entry of [...this.entries.values()]) {
      const group = this.get(entry.stream, entry.group);
      group.close(groupDropped(entry.stream, entry.group));
      await group.flush();
      this.open(entry);
    }
  }

  tick(): void {
    for (const group of this.groups.values()) group.tick();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.ticking);
    for (const group of this.groups.values()) {
      group.close(undefined);
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

  private begun(definition: GroupDefinition): GroupEntry {
    return { ...definition, startAfter: sourceOf(definition, this.store.queries).begin(definition.startFrom) };
  }

  private open(entry: GroupEntry): void {
    const source = sourceOf(entry, this.store.queries);
    const streams = this.streamsOf(entry);
    const parts: GroupParts = { source, streams, links: this.links, now: this.now, onFault: this.onFault };
    const checkpoint = streams.checkpoint();
    const group = new Group(entry, parts, checkpoint === undefined ? entry.startAfter : source.parse(checkpoint));
    this.groups.set(keyOf(entry), group);
    this.entries.set(keyOf(entry), entry);
  }

  private streamsOf(of: Pick<GroupDefinition, 'stream' | 'group'>): GroupStreams {
    return new GroupStreams(this.store, keyOf(of));
  }

  private save(user: string): Promise<void> {
    return this.list.save([...this.entries.values()], user);
  }
}
