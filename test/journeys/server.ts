import { freshSchema, isOnEventStoreDb, isOnPostgres } from '#sql/testing';
import { serviceUrl } from '#testing';
import { EndpointProcess } from '../../libs/event-store/endpoint/testing/endpoint-process.js';
import { EngineProcess, newFolder, type Answer } from '../support/engine.js';
import { runRedress, type Ran } from '../support/command-line.js';
import type { Stores } from '../support/views.js';

export const ADMIN_KEY = 'the first administrator of the journeys';
/** Where test clocks of journeys start. */
export const START_OF_TIME = '2026-01-05T01:00:00.000Z';

/** The server as people run it, on a test clock, with those who come to it; on the stores that the tests of the file are for. */
export class Server extends EngineProcess {
  /** Settings that name the stores it is on; none where they are in its folder. */
  readonly stores: Stores = {};
  private readonly endpoint: EndpointProcess | undefined;
  private readonly testClock: string = START_OF_TIME;

  static override async start(environment: Readonly<Record<string, string>> = {}): Promise<Server> {
    const endpoint = isOnEventStoreDb() ? await EndpointProcess.start() : undefined;
    const stores = {
      ...(isOnPostgres() && { REDRESS_DATABASE_URL: await freshSchema() }),
      ...(endpoint && { EVENTSTOREDB_URL: endpoint.url }),
    };
    // Where the log is shared jobs are carried: the journeys run in both sizes.
    const redis = endpoint && (await serviceUrl('redis'));
    const server = new Server(newFolder(), {
      ...stores,
      ...(redis !== undefined && { REDRESS_REDIS_URL: redis }),
      REDRESS_ADMIN_KEY: ADMIN_KEY,
      REDRESS_TEST_CLOCK: START_OF_TIME,
      ...environment,
    });
    const { REDRESS_TEST_CLOCK: testClock = START_OF_TIME } = environment;
    Object.assign(server, { endpoint, stores, testClock });
    try {
      await server.run();
    } catch (error) {
      await endpoint?.end();
      throw error;
    }
    return server;
  }

  /** Where its log lies as a file, in its own folder or in that of the endpoint. */
  get logFolder(): string {
    return this.endpoint?.folder ?? this.folder;
  }

  override async end(): Promise<void> {
    await super.end();
    await this.endpoint?.end();
  }

  /** Runs `redress` beside it, or on its folder when it is stopped. */
  redress(...words: string[]): Promise<Ran> {
    const { stores, folder, testClock } = this;
    return runRedress(words, { ...stores, REDRESS_DATA: folder, REDRESS_TEST_CLOCK: testClock });
  }

  as(key: string): Client {
    return new Client(() => this.url, { authorization: `Bearer ${key}` });
  }

  get admin(): Client {
    return this.as(ADMIN_KEY);
  }

  get nobody(): Client {
    return new Client(() => this.url, {});
  }
}

type Sent = Readonly<Record<string, string>>;

export class Client {
  constructor(
    private readonly url: () => string,
    private readonly always: Sent,
  ) {}

  get(path: string, headers: Sent = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body: unknown = {}, headers: Sent = {}): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  async send(method: string, path: string, body?: unknown, headers: Sent = {}): Promise<Answer> {
    const response = await fetch(this.url() + path, {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...this.always, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** Receives a complaint and answers its id. */
  async receive(more: object = {}, headers: Sent = {}): Promise<string> {
    const { status, body } = await this.post('/cases', { ...COMPLAINT, ...more }, headers);
    if (status !== 201) throw new Error(`not received: ${JSON.stringify(body)}`);
    return body.caseId as string;
  }

  /** Sends a command that must be taken. */
  async command(caseId: string, name: string, body: object = {}, headers: Sent = {}): Promise<Answer> {
    const answer = await this.post(`/cases/${caseId}/${name}`, body, headers);
    if (answer.status !== 200) throw new Error(`${name} was refused: ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** A person with a key of this role. */
  async hire(name: string, role: string, unit?: string): Promise<{ id: string; key: string; keyId: string }> {
    const kind = role === 'service' ? 'service' : 'person';
    const person = await this.post('/people', { kind, name, ...(unit === undefined ? {} : { unit }) });
    const issued = await this.post('/keys', { personId: person.body.id, role, label: `${name}'s key` });
    return { id: person.body.id, key: issued.body.key, keyId: issued.body.id };
  }
}

export const COMPLAINT = {
  kind: 'complaint',
  channel: 'phone',
  subject: '厨房漏水',
  content: '厨房漏水三天了，没有人来修。',
  complainant: { name: '王芳', phone: '13800138000' },
  category: 'engineering_quality',
};
