import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Position } from '#kernel';
import { CheckpointMoved, type NewNotice } from '#notifications';
import { migrateToLatest, openSql, type SqlPlace } from '#sql';
import { isOnPostgres, placeOf } from '#sql/testing';
import { bindOutbox, OUTBOX_MIGRATIONS, OutboxOfAnotherLog, SqlOutbox, type OutboxTables } from './index.js';

const NINE = '2026-01-05T09:00:00.000Z';
const TEN = '2026-01-05T10:00:00.000Z';
const at = (commit: number): Position => ({ commit: BigInt(commit), prepare: BigInt(commit) });
const logAt = (commit: number, epoch = 'log') => ({ epoch, head: () => Promise.resolve(at(commit)) });

const notice = (cause: number, more: Partial<NewNotice> = {}): NewNotice => ({
  ...{ id: `notice-${cause}`, causeId: `event-${cause}`, place: String(cause).padStart(5, '0'), caseId: 'case' },
  ...{ recipient: 'wang', channel: 'email', rule: 'told', template: 'told', pack: 'group', packVersion: '1' },
  ...{ urgent: false, facts: { severity: 'major', occurredAt: NINE }, createdAt: NINE, dueAt: NINE, ...more },
});

let folder: string;
let place: SqlPlace;
const opened: Kysely<OutboxTables>[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  place = await placeOf(folder, 'outbox');
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((db) => db.destroy()));
  rmSync(folder, { recursive: true });
});

/** As a process opens the outbox. */
async function openAt(log: Parameters<typeof bindOutbox>[1]): Promise<SqlOutbox> {
  const db = openSql<OutboxTables>(place);
  opened.push(db);
  await migrateToLatest(db, OUTBOX_MIGRATIONS, 'outbox_migration');
  await bindOutbox(db, log);
  return new SqlOutbox(db);
}

/** As several processes do; on PostgreSQL they may start at once, a file is opened by one after the other. */
async function openedBy(processes: number): Promise<SqlOutbox[]> {
  const first = isOnPostgres() ? [] : [await openAt(logAt(0))];
  const others = Array.from({ length: processes - first.length }, () => openAt(logAt(0)));
  return [...first, ...(await Promise.all(others))];
}

test('of several who follow the log one records: each cause has one row, and the checkpoint moves with it', async () => {
  const outboxes = await openedBy(3);
  for (let batch = 0; batch < 5; batch++) {
    const notices = Array.from({ length: 40 }, (_, n) => notice(batch * 40 + n));
    const tried = outboxes.map((outbox) => outbox.record(notices, at(batch), at(batch + 1)));
    const failures = (await Promise.allSettled(tried)).flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
    expect(failures).toHaveLength(2);
    for (const failure of failures) expect(failure).toBeInstanceOf(CheckpointMoved);
  }
  expect((await outboxes[0]!.list({}, 1000)).map(({ causeId }) => causeId)).toHaveLength(200);
  expect(await outboxes[1]!.checkpoint()).toEqual(at(5));
  expect(await outboxes[2]!.counts()).toMatchObject({ waiting: 200, sealed: 0 });
});

test('what is recorded again stays as it is, with many rows in one transaction', async () => {
  const outbox = await openAt(logAt(0));
  const many = Array.from({ length: 1200 }, (_, n) => notice(n));
  await outbox.record(many, at(0), at(1));
  await outbox.seal('message', ['notice-0'], TEN);
  await outbox.record([...many, notice(1200), notice(7, { id: 'another id' })], at(1), at(2));
  expect(await outbox.counts()).toMatchObject({ waiting: 1200, sealed: 1 });
  expect(await outbox.list({ messageIds: ['message'] }, 10)).toMatchObject([{ id: 'notice-0', state: 'sealed' }]);
});

test('of two who seal the same notices each message has its own, whatever the other does', async () => {
  const [ours, theirs] = (await openedBy(2)) as [SqlOutbox, SqlOutbox];
  await ours.record([notice(1), notice(2), notice(3)], at(0), at(1));
  await Promise.all([
    ours.seal('a', ['notice-1', 'notice-2'], TEN),
    theirs.seal('b', ['notice-1', 'notice-2', 'notice-3'], TEN),
  ]);
  const sealed = [...(await ours.message('a')), ...(await ours.message('b'))].map(({ id }) => id);
  expect(sealed.sort()).toEqual(['notice-1', 'notice-2', 'notice-3']);
  await theirs.sent('b', { at: TEN, via: 'email' });
  await theirs.sent('a', { at: TEN, via: 'log', fallback: 'NO_ADDRESS' });
  expect(await ours.counts()).toMatchObject({ waiting: 0, sealed: 0, sent: 3 });
});

test('a lane has what is due in it, the oldest first; postponed it is not due', async () => {
  const outbox = await openAt(logAt(0));
  const [urgent, late] = [notice(3, { urgent: true }), notice(4, { dueAt: TEN })];
  await outbox.record([notice(2), notice(1), urgent, late], at(0), at(1));
  const lane = { recipient: 'wang', channel: 'email', urgent: false } as const;
  expect(await outbox.dueLanes(NINE)).toHaveLength(2);
  expect((await outbox.due(lane, NINE, 10)).map(({ id }) => id)).toEqual(['notice-1', 'notice-2']);
  await outbox.postpone(lane, NINE, TEN);
  expect(await outbox.dueLanes(NINE)).toEqual([{ ...lane, urgent: true }]);
  expect(await outbox.due(lane, TEN, 10)).toHaveLength(3);
});

test('an outbox belongs to one log, begins at its end, and is never ahead of it', async () => {
  expect(await (await openAt(logAt(7))).checkpoint()).toEqual(at(7));
  expect(await (await openAt(logAt(9))).checkpoint()).toEqual(at(7));
  await expect(openAt(logAt(9, 'another'))).rejects.toThrow(OutboxOfAnotherLog);
  await expect(openAt(logAt(6))).rejects.toThrow(/earlier backup/);
});
