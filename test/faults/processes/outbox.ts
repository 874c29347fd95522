import { NotifyFromLog } from '#automations';
import type { Kysely } from 'kysely';
import { pino } from 'pino';
import { comparePositions, START, TestClock } from '#kernel';
import { columnsOf, OUTBOX_MIGRATIONS, SqlOutbox, type OutboxTables } from '#notifications/embedded';
import { migrateToLatest, openPostgres, openSqlite } from '#sql';
import { Engine } from '../../../apps/api/engine/engine.js';
import { rulesOf } from '../../../apps/api/automations/notifications.js';
import { readSettings } from '../../../apps/api/start-up/settings.js';
import { Telemetry } from '../../../apps/api/telemetry.js';
import type { Stores } from '../../support/views.js';
import { FLEET_START } from './fleet.js';

/**
 * Where the outbox parts from what the log says that people must be told of; empty where each cause has its one row and nothing
 * else is there. The log, which nobody writes any more, is read anew from its beginning, by the rules and people of the engine as it
 * is; who follows it may take so many milliseconds to come to its end.
 */
export async function outboxFaults(folder: string, stores: Stores, patienceMs: number): Promise<string[]> {
  const settings = readSettings({
    ...stores,
    ...{ REDRESS_DATA: folder, REDRESS_ROLE: 'api', REDRESS_TEST_CLOCK: FLEET_START },
  });
  const logger = pino({ level: 'silent' });
  const engine = await Engine.open(settings, { logger, telemetry: new Telemetry(), bootstrap: false, notify: false });
  const fresh = openSqlite<OutboxTables>({ file: ':memory:' });
  const kept = openPostgres<OutboxTables>({ url: stores.REDRESS_DATABASE_URL! });
  try {
    await migrateToLatest(fresh, OUTBOX_MIGRATIONS);
    await fresh
      .insertInto('followed')
      .values({ epoch: engine.store.epoch, ...columnsOf(START) })
      .execute();
    await follow(engine, fresh);
    const wanted = await causesIn(fresh);
    let found = await causesIn(kept);
    for (const untilMs = Date.now() + patienceMs; found.size < wanted.size && Date.now() < untilMs;) {
      found = await causesIn(kept);
    }
    return [
      ...[...wanted].filter((cause) => !found.has(cause)).map((cause) => `nobody was told: ${cause}`),
      ...[...found].filter((cause) => !wanted.has(cause)).map((cause) => `told without a cause: ${cause}`),
    ];
  } finally {
    await fresh.destroy();
    await kept.destroy();
    await engine.close();
  }
}

async function follow(engine: Engine, db: Kysely<OutboxTables>): Promise<void> {
  const outbox = new SqlOutbox(db);
  const head = (await engine.store.lastDelivered()) ?? START;
  const follower = new NotifyFromLog({
    clock: new TestClock(FLEET_START),
    reader: engine.store,
    outbox,
    secret: engine.vault.secret('notifications'),
    ...rulesOf(engine.rulebook, (policy) => policy.withPosts(engine.organisation)),
    whoIs: (word) => engine.directory.whoIs(word).map(({ id }) => id),
  });
  follower.start();
  // Stopped, it has saved how far it came: it goes on until it has seen the last case event.
  const cases = (await engine.store.readAll({ direction: 'backwards' })).find(({ stream }) =>
    stream.startsWith('case-'),
  );
  const last = cases?.position ?? head;
  while (comparePositions(await outbox.checkpoint(), last) < 0) {
    await follower.stop();
    follower.start();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await follower.stop();
}

/** Ids of notices follow from cause, recipient and channel, and nothing else. */
async function causesIn(db: Kysely<OutboxTables>): Promise<Set<string>> {
  const rows = await db.selectFrom('notice').select(['cause_id', 'recipient', 'channel']).execute();
  return new Set(rows.map(({ cause_id, recipient, channel }) => `${cause_id} ${recipient} ${channel}`));
}
