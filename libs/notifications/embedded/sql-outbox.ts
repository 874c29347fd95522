import type { ExpressionBuilder, Insertable, Kysely, Selectable, SqlBool, ExpressionWrapper } from 'kysely';
import type { Instant, Position } from '#kernel';
import {
  CheckpointMoved,
  NOTICE_STATES,
  type Fallback,
  type Lane,
  type NewNotice,
  type Notice,
  type NoticeChannel,
  type NoticeFacts,
  type NoticeFilter,
  type NoticeState,
  type Outbox,
} from '../port.js';
import { columnsOf, positionOf } from './binding.js';
import type { NoticeTable, OutboxTables } from './schema.js';

/** SQLite and PostgreSQL take tens of thousands of parameters per statement. */
const ROWS_AT_ONCE = 500;

/** The outbox in SQL tables: of one process on SQLite, of all who share the database on PostgreSQL. */
export class SqlOutbox implements Outbox {
  constructor(private readonly db: Kysely<OutboxTables>) {}

  async checkpoint(): Promise<Position> {
    return positionOf(await this.db.selectFrom('followed').selectAll().executeTakeFirstOrThrow());
  }

  async record(notices: readonly NewNotice[], from: Position, to: Position): Promise<void> {
    const before = columnsOf(from);
    await this.db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('followed')
        .set(columnsOf(to))
        .where('commit_position', '=', before.commit_position)
        .where('prepare_position', '=', before.prepare_position)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw new CheckpointMoved('somebody else moved the checkpoint of the outbox');
      for (let at = 0; at < notices.length; at += ROWS_AT_ONCE) {
        await trx
          .insertInto('notice')
          .values(notices.slice(at, at + ROWS_AT_ONCE).map(rowOf))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    });
  }

  async dueLanes(at: Instant): Promise<readonly Lane[]> {
    const rows = await this.db
      .selectFrom('notice')
      .select(['recipient', 'channel', 'urgent'])
      .distinct()
      .where('state', '=', 'waiting')
      .where('due_at', '<=', at)
      .execute();
    return rows.map(({ urgent, ...lane }) => ({ ...lane, urgent: urgent === 1 }));
  }

  async nextDue(): Promise<Instant | undefined> {
    const row = await this.db
      .selectFrom('notice')
      .select('due_at')
      .where('state', '=', 'waiting')
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst();
    return row?.due_at;
  }

  async due(lane: Lane, at: Instant, limit: number): Promise<readonly Notice[]> {
    const rows = await this.db
      .selectFrom('notice')
      .selectAll()
      .where(waitingIn(lane, at))
      .orderBy('place')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(noticeOf);
  }

  async lastSealedAt({ recipient, channel, urgent }: Lane): Promise<Instant | undefined> {
    const row = await this.db
      .selectFrom('notice')
      .select('sealed_at')
      .where('recipient', '=', recipient)
      .where('channel', '=', channel)
      .where('urgent', '=', urgent ? 1 : 0)
      .where('sealed_at', 'is not', null)
      .orderBy('sealed_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.sealed_at ?? undefined;
  }

  async postpone(lane: Lane, at: Instant, until: Instant): Promise<void> {
    await this.db.updateTable('notice').set({ due_at: until }).where(waitingIn(lane, at)).execute();
  }

  async drop(ids: readonly string[], state: 'superseded' | 'withdrawn'): Promise<void> {
    if (ids.length === 0) return;
    await this.db.updateTable('notice').set({ state }).where('id', 'in', ids).where('state', '=', 'waiting').execute();
  }

  async seal(messageId: string, ids: readonly string[], at: Instant): Promise<void> {
    await this.db
      .updateTable('notice')
      .set({ state: 'sealed', message_id: messageId, sealed_at: at })
      .where('id', 'in', ids)
      .where('state', '=', 'waiting')
      .execute();
  }

  async sealedMessages(): Promise<readonly string[]> {
    const rows = await this.db
      .selectFrom('notice')
      .select('message_id')
      .distinct()
      .where('state', '=', 'sealed')
      .execute();
    return rows.flatMap(({ message_id }) => message_id ?? []);
  }

  async message(messageId: string): Promise<readonly Notice[]> {
    const rows = await this.db
      .selectFrom('notice')
      .selectAll()
      .where('message_id', '=', messageId)
      .orderBy('place')
      .orderBy('id')
      .execute();
    return rows.map(noticeOf);
  }

  async sent(messageId: string, how: { at: Instant; via: NoticeChannel; fallback?: Fallback }): Promise<void> {
    await this.db
      .updateTable('notice')
      .set({ state: 'sent', sent_at: how.at, via: how.via, fallback: how.fallback ?? null })
      .where('message_id', '=', messageId)
      .where('state', '=', 'sealed')
      .execute();
  }

  async list({ states, caseId, messageIds }: NoticeFilter, limit: number): Promise<readonly Notice[]> {
    let query = this.db.selectFrom('notice').selectAll();
    if (states !== undefined) query = query.where('state', 'in', states);
    if (caseId !== undefined) query = query.where('case_id', '=', caseId);
    if (messageIds !== undefined) query = query.where('message_id', 'in', messageIds);
    const rows = await query.orderBy('place', 'desc').orderBy('id').limit(limit).execute();
    return rows.map(noticeOf);
  }

  async counts(): Promise<Readonly<Record<NoticeState, number>>> {
    const rows = await this.db
      .selectFrom('notice')
      .select(['state', ({ fn }) => fn.countAll<number>().as('count')])
      .groupBy('state')
      .execute();
    const of = (state: NoticeState): number => Number(rows.find((row) => row.state === state)?.count ?? 0);
    return Object.fromEntries(NOTICE_STATES.map((state) => [state, of(state)])) as Record<NoticeState, number>;
  }
}

const waitingIn =
  ({ recipient, channel, urgent }: Lane, at: Instant) =>
  (row: ExpressionBuilder<OutboxTables, 'notice'>): ExpressionWrapper<OutboxTables, 'notice', SqlBool> =>
    row.and([
      row('recipient', '=', recipient),
      row('channel', '=', channel),
      row('urgent', '=', urgent ? 1 : 0),
      row('state', '=', 'waiting'),
      row('due_at', '<=', at),
    ]);

const rowOf = (notice: NewNotice): Insertable<NoticeTable> => ({
  id: notice.id,
  cause_id: notice.causeId,
  place: notice.place,
  case_id: notice.caseId,
  recipient: notice.recipient,
  channel: notice.channel,
  rule: notice.rule,
  template: notice.template,
  pack: notice.pack,
  pack_version: notice.packVersion,
  urgent: notice.urgent ? 1 : 0,
  facts: JSON.stringify(notice.facts),
  created_at: notice.createdAt,
  due_at: notice.dueAt,
  state: 'waiting',
});

const noticeOf = (row: Selectable<NoticeTable>): Notice => ({
  id: row.id,
  causeId: row.cause_id,
  place: row.place,
  caseId: row.case_id,
  recipient: row.recipient,
  channel: row.channel,
  rule: row.rule,
  template: row.template,
  pack: row.pack,
  packVersion: row.pack_version,
  urgent: row.urgent === 1,
  facts: JSON.parse(row.facts) as NoticeFacts,
  createdAt: row.created_at,
  dueAt: row.due_at,
  state: row.state,
  ...(row.message_id !== null && { messageId: row.message_id }),
  ...(row.sealed_at !== null && { sealedAt: row.sealed_at }),
  ...(row.sent_at !== null && { sentAt: row.sent_at }),
  ...(row.via !== null && { via: row.via }),
  ...(row.fallback !== null && { fallback: row.fallback }),
});
