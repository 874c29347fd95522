import { sql, SqliteAdapter, type CreateTableBuilder, type Kysely, type Migration } from 'kysely';
import type { Instant } from '#kernel';
import type { Fallback, NoticeChannel, NoticeState } from '../port.js';

export interface NoticeTable {
  id: string;
  cause_id: string;
  place: string;
  case_id: string;
  recipient: string;
  channel: NoticeChannel;
  rule: string;
  template: string;
  pack: string;
  pack_version: string;
  urgent: 0 | 1;
  facts: string;
  created_at: Instant;
  due_at: Instant;
  state: NoticeState;
  message_id: string | null;
  sealed_at: Instant | null;
  sent_at: Instant | null;
  via: NoticeChannel | null;
  fallback: Fallback | null;
}

/** One row: which log is followed, and how far. */
export interface FollowedTable {
  epoch: string;
  commit_position: string;
  prepare_position: string;
}

export interface OutboxTables {
  notice: NoticeTable;
  followed: FollowedTable;
}

/** Not derived from the log: what was sent cannot be found there, and no rebuild touches it. */
export const OUTBOX_MIGRATIONS: Readonly<Record<string, Migration>> = {
  'outbox-0001': { up: createTables },
  'outbox-0002': { up: followOneLog },
};

/** Of several who begin at once one says where the outbox begins. */
async function followOneLog({ schema }: Kysely<unknown>): Promise<void> {
  await schema.createIndex('followed_log').on('followed').column('epoch').unique().execute();
}

async function createTables(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  // Text that compares by code points on every store.
  const text = db.getExecutor().adapter instanceof SqliteAdapter ? sql`text` : sql`text collate "C"`;
  const texts =
    'cause_id place case_id recipient channel rule template pack pack_version facts created_at due_at state';
  let notice: CreateTableBuilder<'notice', string> = schema
    .createTable('notice')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('urgent', 'integer', (column) => column.notNull());
  for (const name of texts.split(' ')) notice = notice.addColumn(name, text, (column) => column.notNull());
  for (const name of ['message_id', 'sealed_at', 'sent_at', 'via', 'fallback']) notice = notice.addColumn(name, text);
  await notice.addUniqueConstraint('notice_cause', ['cause_id', 'recipient', 'channel']).execute();
  await schema.createIndex('notice_due').on('notice').columns(['state', 'due_at']).execute();
  await schema
    .createIndex('notice_lane')
    .on('notice')
    .columns(['recipient', 'channel', 'urgent', 'state', 'due_at'])
    .execute();
  await schema
    .createIndex('notice_sealed')
    .on('notice')
    .columns(['recipient', 'channel', 'urgent', 'sealed_at'])
    .execute();
  await schema.createIndex('notice_message').on('notice').column('message_id').execute();
  await schema.createIndex('notice_case').on('notice').column('case_id').execute();
  await schema
    .createTable('followed')
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addColumn('commit_position', 'text', (column) => column.notNull())
    .addColumn('prepare_position', 'text', (column) => column.notNull())
    .execute();
}
