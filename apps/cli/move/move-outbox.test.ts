import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '#event-store/embedded';
import { moveLog } from '#event-store/succession';
import { SqlJobs, SqlLongJobs } from '#jobs/embedded';
import type { JobTables } from '#jobs/embedded';
import { newId, type Instant } from '#kernel';
import { bindOutbox, SqlOutbox, type OutboxTables } from '#notifications/embedded';
import { freshSchema } from '#sql/testing';
import { serviceUrl } from '#testing';
import type { Kysely } from 'kysely';
import { openOutbox, type OutboxDatabase } from '../../worker/outbox-place.js';
import type { VaultPlace } from '../../worker/vault-place.js';
import { moveOutbox } from './move-outbox.js';

const described = (await serviceUrl('postgres')) === undefined ? describe.skip : describe;
const DUE = '2026-01-05T01:00:00.000Z' as Instant;

const happened = () => ({
  ...{ id: newId(), type: 'SampleHappened', contentType: 'application/json' as const },
  ...{ data: Buffer.from('{}'), metadata: Buffer.alloc(0) },
});
const notice = (id: string) => ({
  ...{ id, causeId: `cause of ${id}`, place: '1', caseId: 'case', recipient: 'li', channel: 'email' as const },
  ...{
    rule: 'E-1',
    template: 'escalation',
    pack: 'group',
    packVersion: '1',
    urgent: true,
    facts: { severity: 'major', occurredAt: DUE },
  },
  ...{ createdAt: DUE, dueAt: DUE },
});

const LONG_JOB = {
  ...{ id: 'import-1', kind: 'imports', order: { mapping: 'desk' }, inputKey: 'in', resultKey: 'out' },
  ...{ createdAt: DUE, expiresAt: DUE },
};

described('who is to be told of what moves with the log', () => {
  let folder: string;
  let elsewhere: string;
  let shared: VaultPlace;
  let old: EmbeddedEventStore;
  let log: EmbeddedEventStore;
  beforeEach(async () => {
    [folder, elsewhere] = ['outbox-', 'log-'].map((name) => mkdtempSync(join(tmpdir(), name))) as [string, string];
    shared = { folder, databaseUrl: await freshSchema(), eventStoreUrl: 'esdb://elsewhere' };
    old = await openEmbeddedEventStore({ folder });
    // Descriptions are the store's own: behind one, places in the new log are others than in the old one.
    await old.setStreamMetadata('foreign', { maxCount: 1 });
    await old.append('case-1', 'no_stream', [happened(), happened()]);
    log = await openEmbeddedEventStore({ folder: elsewhere });
  });
  afterEach(async () => {
    await old.close();
    await log.close();
    for (const it of [folder, elsewhere]) rmSync(it, { recursive: true });
  });

  async function withOutbox<T>(
    place: VaultPlace,
    work: (outbox: SqlOutbox, jobs: SqlJobs, db: OutboxDatabase) => Promise<T>,
  ) {
    const db = await openOutbox(place);
    try {
      const outbox = new SqlOutbox(db as unknown as Kysely<OutboxTables>);
      return await work(outbox, new SqlJobs(db as unknown as Kysely<JobTables>), db);
    } finally {
      await db.destroy();
    }
  }

  test('notices, jobs and how far the log was read are there, once, and gone here', async () => {
    await withOutbox({ folder }, async (outbox, jobs, db) => {
      await bindOutbox(db as unknown as Kysely<OutboxTables>, old);
      const [, from, to] = await old.readAll();
      await db
        .updateTable('followed')
        .set({ commit_position: String(from!.position.commit) })
        .execute();
      await db
        .updateTable('followed')
        .set({ prepare_position: String(from!.position.prepare) })
        .execute();
      await outbox.record([notice('a'), notice('b')], from!.position, to!.position);
      await jobs.add({ id: 'message-1', queue: 'deliveries', data: { to: 'li' }, dueAt: DUE });
      const longJobs = new SqlLongJobs(db as unknown as Kysely<JobTables>);
      await longJobs.create(LONG_JOB);
      await longJobs.put(LONG_JOB.id, { name: 'input', n: 0, bytes: Buffer.from([0, 255, 7]) });
    });
    await moveLog({ source: old, target: log });
    const move = { from: { folder }, to: shared, log, before: old.epoch };
    expect(await moveOutbox(move)).toBe(1);
    expect(await moveOutbox(move)).toBe(0);
    await withOutbox({ folder }, async (outbox) => expect(await outbox.list({}, 10)).toEqual([]));
    await withOutbox(shared, async (outbox, jobs, db) => {
      expect(new Set((await outbox.list({}, 10)).map(({ id }) => id))).toEqual(new Set(['a', 'b']));
      expect(await jobs.get('message-1')).toMatchObject({ queue: 'deliveries', dueAt: DUE, state: 'waiting' });
      const longJobs = new SqlLongJobs(db as unknown as Kysely<JobTables>);
      expect(await longJobs.get(LONG_JOB.id)).toMatchObject({ ...LONG_JOB, state: 'awaiting_input' });
      for await (const piece of longJobs.pieces(LONG_JOB.id, 'input')) expect([...piece]).toEqual([0, 255, 7]);
      const last = (await log.readStream('case-1')).at(-1)!;
      expect(await outbox.checkpoint()).toEqual(last.position);
      // It belongs to the new log: a start takes it.
      await bindOutbox(db as unknown as Kysely<OutboxTables>, log);
    });
  });

  test('an outbox of another log in the way is refused, and nothing is lost', async () => {
    await withOutbox({ folder }, async (_outbox, jobs, db) => {
      await bindOutbox(db as unknown as Kysely<OutboxTables>, old);
      await jobs.add({ id: 'message-1', queue: 'deliveries', data: {}, dueAt: DUE });
    });
    await withOutbox(shared, (_outbox, _jobs, db) => bindOutbox(db as unknown as Kysely<OutboxTables>, old));
    await moveLog({ source: old, target: log });
    const move = moveOutbox({ from: { folder }, to: shared, log, before: old.epoch });
    await expect(move).rejects.toThrow('OUTBOX_NOT_EMPTY');
    await withOutbox({ folder }, async (_outbox, jobs) => expect(await jobs.get('message-1')).toBeDefined());
  });
});
