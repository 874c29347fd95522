import { isRefusal, refuse, type Actor, type Clock, type Refusal, type Role } from '#kernel';
import { CredentialHasher } from './credentials.js';
import { Keys, type ApiKey, type NewKey } from './keys.js';
import { People, type NewPerson, type Person, type PersonChange } from './people.js';
import { Posts, type Post } from './posts.js';
import type { ControlDatabase } from './schema.js';
import { Sessions, type BegunSession, type SignInLink } from './sessions.js';

const SHORT_KEY_CHARACTERS = 20;
const FIRST_LINK_MS = 24 * 60 * 60_000;
const ADMINISTRATOR = 'admin';

/** What the first start made; shown to the operator and kept nowhere in the clear. */
export interface FirstAdministrator {
  readonly personId: string;
  readonly keyId: string;
  /** Only where it was generated. */
  readonly key?: string;
  /** Works once, within 24 hours. */
  readonly signIn: SignInLink;
  /** For the operator, where the key that was given is too short to withstand guessing. */
  readonly warning?: string;
}

/**
 * Who may come in, by key or by session, and as what. One person is one person under however many keys (O-1): the actor's id is
 * the person's, the key or session is named beside it.
 */
export class Directory {
  private readonly people: People;
  private readonly posts: Posts;
  private readonly keys: Keys;
  private readonly sessions: Sessions;
  private readonly actors = new WeakMap<object, { readonly person: Person; readonly actor: Actor }>();

  private readonly closing: (() => Promise<void>)[] = [];

  /**
   * @param secret 32 bytes, the vault's secret `api-keys`
   * @param inTurn does what looks before it writes, while nobody else does: one process on one folder is alone anyway
   */
  constructor(
    private readonly database: ControlDatabase,
    secret: Buffer,
    clock: Clock,
    private readonly inTurn: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
  ) {
    const hasher = new CredentialHasher(secret);
    this.people = new People(database);
    this.posts = new Posts(database);
    this.keys = new Keys(database, hasher, clock);
    this.sessions = new Sessions(database, hasher, clock);
  }

  /** Reads everything into memory; must have ended once before anything else is asked. Again, it reads what others changed. */
  async load(): Promise<void> {
    await this.people.load();
    await this.posts.load();
    await this.keys.load();
    await this.sessions.load();
  }

  /**
   * Where no person ever had a key, makes the first administrator, named `admin`, with the key that is given or a random one.
   * A service may have been there before: the command line imports into a folder that no server was started on yet.
   * @returns undefined where a person had a key already: then nothing is changed, whatever key is given
   */
  bootstrap({ adminKey }: { adminKey?: string } = {}): Promise<FirstAdministrator | undefined> {
    return this.inTurn(() => this.makeFirst(adminKey));
  }

  private async makeFirst(adminKey: string | undefined): Promise<FirstAdministrator | undefined> {
    const people = new Set(this.people.list().flatMap(({ id, kind }) => (kind === 'person' ? [id] : [])));
    if (this.keys.list().some(({ personId }) => people.has(personId))) return undefined;
    if (adminKey === '') throw new RangeError('The first administrator’s key must not be empty.');
    // A first start that was killed half-way may have left the person without a key.
    const left = this.people.list().find(({ name }) => name === ADMINISTRATOR);
    const person = left ?? (await this.people.add({ kind: 'person', name: ADMINISTRATOR }));
    const standing = { personId: person.id, role: 'administrator', label: ADMINISTRATOR } as const;
    const issued = await this.keys.issue({ ...standing, ...(adminKey !== undefined && { key: adminKey }) });
    if (isRefusal(issued)) throw new Error(`an empty directory refused its first key: ${issued.code}`);
    const warning =
      adminKey !== undefined && adminKey.length < SHORT_KEY_CHARACTERS && shortKeyWarning(adminKey.length);
    return {
      personId: person.id,
      keyId: issued.id,
      ...(adminKey === undefined && { key: issued.key }),
      signIn: await this.sessions.createLink(standing, FIRST_LINK_MS),
      ...(warning && { warning }),
    };
  }

  /** The hot path: microseconds. */
  authenticate(key: string): Actor | undefined {
    const found = this.keys.find(key);
    return found && this.actorFor(found, found.personId, found.role, found.id);
  }

  authenticateSession(cookie: string): Actor | undefined {
    const session = this.sessions.find(cookie);
    if (!session) return undefined;
    if (session.keyId !== undefined && this.keys.get(session.keyId)?.revokedAt !== undefined) return undefined;
    return this.actorFor(session, session.personId, session.role, session.id);
  }

  /** A browser session for who has a key. @returns undefined where the key is none */
  async beginSession(key: string): Promise<BegunSession | undefined> {
    const found = this.keys.find(key);
    if (!found || !this.mayEnter(found.personId)) return undefined;
    return this.sessions.begin({ personId: found.personId, role: found.role, keyId: found.id });
  }

  endSession(cookie: string): Promise<void> {
    return this.sessions.end(cookie);
  }

  /** A link that works once, within 15 minutes. PERSON_UNKNOWN, PERSON_INACTIVE */
  async createSignInLink(standing: { readonly personId: string; readonly role: Role }): Promise<SignInLink | Refusal> {
    return this.unfit(standing.personId) ?? this.sessions.createLink(standing);
  }

  /** SIGN_IN_LINK_UNKNOWN, SIGN_IN_LINK_USED, SIGN_IN_LINK_EXPIRED */
  redeemSignInLink(token: string): Promise<BegunSession | Refusal> {
    return this.sessions.redeem(token, (personId) => this.mayEnter(personId));
  }

  addPerson(person: NewPerson): Promise<Person> {
    return this.people.add(person);
  }

  listPeople(): Person[] {
    return this.people.list();
  }

  getPerson(personId: string): Person | undefined {
    return this.people.get(personId);
  }

  /** Where to reach somebody, and in which words. PERSON_UNKNOWN */
  changePerson(personId: string, change: PersonChange): Promise<Person | Refusal> {
    return this.people.change(personId, change);
  }

  listPosts(): Post[] {
    return this.posts.list();
  }

  /** Who holds a post from now on; nobody where the list is empty. PERSON_UNKNOWN */
  async assignPost(post: Post): Promise<Post | Refusal> {
    const unknown = post.personIds.find((personId) => this.people.get(personId) === undefined);
    return unknown === undefined ? this.posts.assign(post) : refuse('PERSON_UNKNOWN', { personId: unknown });
  }

  /**
   * The people whom a word of a pack or a case means: a person by id, else whoever holds the post of that name. Those who
   * left are nobody.
   */
  whoIs(personOrPost: string): readonly Person[] {
    const person = this.people.get(personOrPost);
    const people = person ? [person] : this.posts.holders(personOrPost).flatMap((id) => this.people.get(id) ?? []);
    return people.filter(({ active }) => active);
  }

  /** PERSON_UNKNOWN, LAST_ADMINISTRATOR */
  setPersonActive(personId: string, active: boolean): Promise<Person | Refusal> {
    return this.inTurn(async () => {
      if (!active && this.isLastAdministrator((key) => key.personId !== personId)) return refuse('LAST_ADMINISTRATOR');
      return this.people.setActive(personId, active);
    });
  }

  /** PERSON_UNKNOWN, PERSON_INACTIVE, KEY_NAME_TAKEN, KEY_TAKEN */
  issueKey(key: NewKey): Promise<{ id: string; key: string } | Refusal> {
    return this.inTurn(async () => this.unfit(key.personId) ?? this.keys.issue(key));
  }

  /** Holds at once, for sessions begun with the key too. KEY_UNKNOWN, LAST_ADMINISTRATOR: nobody locks everybody out */
  revokeKey(keyId: string): Promise<ApiKey | Refusal> {
    return this.inTurn(async () => {
      if (this.isLastAdministrator((key) => key.id !== keyId)) return refuse('LAST_ADMINISTRATOR', { keyId });
      return this.keys.revoke(keyId);
    });
  }

  listKeys(): ApiKey[] {
    return this.keys.list();
  }

  /** Something that ends with the directory. */
  onClose(end: () => Promise<void>): void {
    this.closing.push(end);
  }

  async close(): Promise<void> {
    for (const end of this.closing) await end();
    await this.keys.flush();
    await this.database.destroy();
  }

  /** Whether an administrator's key works now and none would among those that stay. */
  private isLastAdministrator(stays: (key: ApiKey) => boolean): boolean {
    const working = this.keys
      .list()
      .filter((key) => key.role === 'administrator' && key.revokedAt === undefined && this.mayEnter(key.personId));
    return working.length > 0 && !working.some(stays);
  }

  private unfit(personId: string): Refusal | undefined {
    const person = this.people.get(personId);
    if (!person) return refuse('PERSON_UNKNOWN', { personId });
    return person.active ? undefined : refuse('PERSON_INACTIVE', { personId });
  }

  private mayEnter(personId: string): boolean {
    return this.people.get(personId)?.active === true;
  }

  /** One actor per key or session, made anew only when the person changed. */
  private actorFor(credential: object, personId: string, role: Role, key: string): Actor | undefined {
    const person = this.people.get(personId);
    if (!person?.active) return undefined;
    const known = this.actors.get(credential);
    if (known?.person === person) return known.actor;
    const actor = Object.freeze({ id: person.id, role, ...(person.unit !== undefined && { unit: person.unit }), key });
    this.actors.set(credential, { person, actor });
    return actor;
  }
}

const shortKeyWarning = (characters: number): string =>
  `REDRESS_ADMIN_KEY has only ${characters} characters: it can be guessed. Use ${SHORT_KEY_CHARACTERS} or more, chosen at random.`;
