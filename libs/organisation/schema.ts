import { sql, type Insertable, type Kysely, type Migration, type Selectable } from 'kysely';
import type { Instant, Role } from '#kernel';
import { isSqlite } from '#sql';

export const PERSON_KINDS = ['person', 'service'] as const;
export type PersonKind = (typeof PERSON_KINDS)[number];

/** The languages in which packs have their texts. */
export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Who can act. The log knows the random id only (EVENTS.md 1). */
export interface PersonTable {
  id: string;
  kind: PersonKind;
  name: string;
  unit: string | null;
  active: 0 | 1;
  email: string | null;
  language: Language | null;
  time_zone: string | null;
}

/** Who holds a post that packs name (O-1): the head of the service centre, the company's leaders. */
export interface PostHolderTable {
  post: string;
  person_id: string;
}

/** Keys, session cookies and links are kept as HMACs under a secret of the vault: the file alone lets nobody guess one. */
export interface ApiKeyTable {
  id: string;
  person_id: string;
  role: Role;
  label: string;
  hash: string;
  created_at: Instant;
  revoked_at: Instant | null;
  /** To the minute, written now and then. */
  last_used_at: Instant | null;
}

export interface SessionTable {
  id: string;
  hash: string;
  person_id: string;
  role: Role;
  /** The key the session was begun with; it ends with that key. */
  key_id: string | null;
  expires_at: Instant;
}

export interface SignInLinkTable {
  hash: string;
  person_id: string;
  role: Role;
  expires_at: Instant;
  used_at: Instant | null;
}

export interface ControlTables {
  person: PersonTable;
  post_holder: PostHolderTable;
  api_key: ApiKeyTable;
  session: SessionTable;
  sign_in_link: SignInLinkTable;
  /** In PostgreSQL only: of the secret under which the hashes were made. */
  directory_secret: { fingerprint: string };
}

export type ControlDatabase = Kysely<ControlTables>;
export type ApiKeyRow = Selectable<ApiKeyTable>;
export type SessionRow = Selectable<SessionTable>;
export type NewSession = Insertable<SessionTable>;

/** The tables of `control.db`, or of the PostgreSQL that several share: one migration per change, run in the order of their names. */
export const CONTROL_MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-people-keys-sessions-links': { up: createTables },
  '0002-shared-by-several': { up: shareAmongSeveral },
  '0003-contacts-and-posts': { up: addContactsAndPosts },
};

/** The channel on which PostgreSQL tells those who share a directory that it changed. */
export const DIRECTORY_CHANGED = 'redress_directory';

/** What changes in what every process has in memory is told. A file is one process's: there is nobody to tell. */
async function shareAmongSeveral(db: Kysely<unknown>): Promise<void> {
  if (isSqlite(db)) return;
  await db.schema
    .createTable('directory_secret')
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .execute();
  await sql`create function directory_changed() returns trigger language plpgsql as $$
    begin perform pg_notify(${sql.lit(DIRECTORY_CHANGED)}, tg_table_schema); return null; end $$`.execute(db);
  const changes = [
    ['person', 'insert or update or delete'],
    ['api_key', 'insert or update of revoked_at'],
    ['session', 'insert or delete'],
  ] as const;
  for (const [table, change] of changes) {
    await sql`create trigger directory_changed after ${sql.raw(change)} on ${sql.table(table)}
      for each statement execute function directory_changed()`.execute(db);
  }
}

async function createTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('person')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('unit', 'text')
    .addColumn('active', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('api_key')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('person_id', 'text', (column) => column.notNull().references('person.id'))
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('revoked_at', 'text')
    .addColumn('last_used_at', 'text')
    .execute();
  await schema
    .createTable('session')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('person_id', 'text', (column) => column.notNull().references('person.id'))
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.references('api_key.id'))
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('sign_in_link')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('person_id', 'text', (column) => column.notNull().references('person.id'))
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addColumn('used_at', 'text')
    .execute();
}

async function addContactsAndPosts(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  for (const column of ['email', 'language', 'time_zone']) {
    await schema.alterTable('person').addColumn(column, 'text').execute();
  }
  await schema
    .createTable('post_holder')
    .addColumn('post', 'text', (column) => column.notNull())
    .addColumn('person_id', 'text', (column) => column.notNull().references('person.id'))
    .addPrimaryKeyConstraint('post_holder_key', ['post', 'person_id'])
    .execute();
  if (isSqlite(db)) return;
  await sql`create trigger directory_changed after insert or delete on post_holder
    for each statement execute function directory_changed()`.execute(db);
}
