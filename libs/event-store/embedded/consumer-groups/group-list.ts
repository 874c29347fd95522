import { newId } from '#kernel';
import type { EmbeddedEventStore } from '../store.js';
import { StreamNotFound } from '../../errors.js';
import type { GroupDefinition } from './definition.js';

/** A group as the list keeps it. */
export interface GroupEntry extends GroupDefinition {
  /** The place after which it began: "the end" means the end at the time when the group was made. */
  readonly startAfter: number;
}

/** The stream under whose name EventStoreDB keeps its own list; the last event of it holds all of them. */
const LIST_STREAM = '$persistentSubscriptionConfig';
const LAST = 2n ** 62n;

/** The groups there are, durable in the log. */
export class GroupList {
  constructor(
    private readonly store: EmbeddedEventStore,
    private readonly now: () => number,
  ) {}

  load(): GroupEntry[] {
    try {
      const [row] = this.store.queries.streamPage(LIST_STREAM, 'backwards', LAST, 1).rows;
      if (row === undefined) return [];
      return (JSON.parse(row[8].toString('utf8', 0, row[7])) as { entries: GroupEntry[] }).entries;
    } catch (error) {
      if (error instanceof StreamNotFound) return [];
      throw error;
    }
  }

  async save(entries: readonly GroupEntry[], user: string): Promise<void> {
    const list = {
      version: '2',
      updated: new Date(this.now()).toISOString(),
      updatedBy: user,
      entries,
    };
    await this.store.append(LIST_STREAM, 'any', [
      {
        id: newId(),
        type: '$PersistentConfig',
        contentType: 'application/json',
        data: Buffer.from(JSON.stringify(list)),
        metadata: Buffer.alloc(0),
      },
    ]);
  }
}
