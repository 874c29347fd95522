import type { Insertable, Kysely, Migration, Selectable } from 'kysely';
import type { Instant, Role } from '#kernel';

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
}

export type ControlDatabase = Kysely<ControlTables>;
export type ApiKeyRow = Selectable<ApiKeyTable>;
export type SessionRow = Selectable<SessionTable>;
export type NewSession = Insertable<SessionTable>;

/** The tables of `control.db`, one migration per change, run in the order of their names. */
export const CONTROL_MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-people-keys-sessions-links': { up: createTables },
  '0002-contacts-and-posts': { up: addContactsAndPosts },
};

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

async function addContactsAndPosts({ schema }: Kysely<unknown>): Promise<void> {
  for (const column of ['email', 'language', 'time_zone']) {
    await schema.alterTable('person').addColumn(column, 'text').execute();
  }
  await schema
    .createTable('post_holder')
    .addColumn('post', 'text', (column) => column.notNull())
    .addColumn('person_id', 'text', (column) => column.notNull().references('person.id'))
    .addPrimaryKeyConstraint('post_holder_key', ['post', 'person_id'])
    .execute();
}
