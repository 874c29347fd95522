import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GENESIS, sealMetadata } from '#audit';
import {
  encodeData,
  instant,
  newId,
  type EventMetadata,
  type Instant,
  type Json,
  type JsonObject,
  type Position,
  type SealedPart,
} from '#kernel';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '#event-store/embedded';
import { openEmbeddedVault, type EmbeddedVault } from '#privacy/embedded';

/** An event as a test says it: personal parts as value and key. */
export interface Said {
  readonly type: string;
  readonly data?: JsonObject;
  readonly personal?: Readonly<Record<string, readonly [keyId: string, value: Json]>>;
  readonly at?: Instant;
  readonly historical?: true;
}

const STREAM = /^(?:case|customer)-/;

export const MASTER_KEY = Buffer.alloc(32, 7);

/** A real log and a real vault in a folder of its own, written without an executor: a projection must take any history. */
export class TestLog {
  private readonly heads = new Map<string, { revision: number; hash: string }>();
  private minutes = 0;

  private constructor(
    readonly folder: string,
    readonly store: EmbeddedEventStore,
    readonly vault: EmbeddedVault,
  ) {}

  static async open(): Promise<TestLog> {
    const folder = mkdtempSync(join(tmpdir(), 'redress-sql-'));
    const store = await openEmbeddedEventStore({ folder });
    return new TestLog(folder, store, await openEmbeddedVault({ folder, masterKey: MASTER_KEY, pool: true }));
  }

  async key(): Promise<string> {
    await this.vault.ready();
    return this.vault.newKey();
  }

  /** @param subject a case, or a whole stream by its name where that has a category */
  async append(subject: string, ...said: readonly Said[]): Promise<Position> {
    const stream = STREAM.test(subject) ? subject : `case-${subject}`;
    const head = this.heads.get(stream) ?? { revision: -1, hash: GENESIS };
    let { revision, hash } = head;
    const events = [];
    for (const it of said) {
      const id = newId();
      const sealed = await this.seal(id, it.personal ?? {});
      const data = encodeData(it.data ?? {}, sealed);
      const event = { id, stream, revision: ++revision, type: it.type, data };
      const closed = sealMetadata(event, JSON.stringify(this.metadata(it, hash)));
      hash = closed.hash;
      events.push({ id, type: it.type, contentType: 'application/json' as const, data, metadata: closed.metadata });
    }
    const expected = head.revision < 0 ? 'no_stream' : BigInt(head.revision);
    const { position } = await this.store.append(stream, expected, events);
    this.heads.set(stream, { revision, hash });
    return position;
  }

  /** An event that somebody else writes into a stream, or a stream of another category. */
  async appendForeign(stream: string): Promise<Position> {
    const head = this.heads.get(stream);
    const event = {
      id: newId(),
      type: 'SomethingElse',
      contentType: 'application/json' as const,
      data: Buffer.from('{}'),
      metadata: Buffer.from('{}'),
    };
    const { position } = await this.store.append(stream, 'any', [event]);
    if (head) this.heads.set(stream, { ...head, revision: head.revision + 1 });
    return position;
  }

  /** Keys are destroyed first, as an erasure does (EVENTS.md 8). */
  async erase(subject: string, ...keyIds: readonly string[]): Promise<Position> {
    await this.vault.destroy(keyIds);
    return this.append(subject, { type: 'SubjectErased', data: { parties: [], keyIds } });
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.vault.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private metadata({ at, historical }: Said, prev: string): Omit<EventMetadata, 'hash'> {
    const recordedAt = instant(Date.UTC(2026, 0, 5) + 60_000 * this.minutes++);
    return {
      v: 1,
      actor: { id: 'wang', role: 'agent', unit: 'east' },
      occurredAt: at ?? recordedAt,
      recordedAt,
      correlationId: newId(),
      command: { id: newId(), digest: 'digest' },
      policy: { pack: 'group', version: '1' },
      ...(historical && { historical }),
      prev,
    };
  }

  private async seal(
    eventId: string,
    personal: Readonly<Record<string, readonly [string, Json]>>,
  ): Promise<Record<string, SealedPart> | undefined> {
    const parts = Object.entries(personal);
    if (parts.length === 0) return undefined;
    const sealed = await this.vault.seal(
      parts.map(([part, [keyId, value]]) => ({ eventId, part, secret: { keyId, value } })),
    );
    return Object.fromEntries(parts.map(([part], at) => [part, sealed[at]!]));
  }
}
