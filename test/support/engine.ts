import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(import.meta.dirname, '..', '..', 'apps', 'api', 'main.js');
export const ADMIN_KEY = 'the first administrator of the tests';

type Environment = Readonly<Record<string, string>>;
type Headers = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers: globalThis.Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

/**
 * The built engine as people run it: a process of its own on a free port, with a folder that outlives it and an
 * environment in which nothing of ours stands but what the test says.
 */
export class EngineProcess {
  url = '';
  /** All that it ever wrote to its log, over all starts. */
  log = '';
  /** What it said on its standard output since the last start, line by line. */
  said: string[] = [];
  private child: ChildProcess | undefined;

  protected constructor(
    readonly folder: string,
    private readonly environment: Environment,
  ) {}

  static async start(environment: Environment = {}, folder?: string): Promise<EngineProcess> {
    const engine = EngineProcess.on(environment, folder);
    await engine.run();
    return engine;
  }

  /** One that is not started yet. */
  static on(environment: Environment = {}, folder?: string): EngineProcess {
    return new EngineProcess(folder ?? newFolder(), environment);
  }

  /** Starts it on its folder, again where it ended. @throws Error with what it said where it does not start */
  async run(more: Environment = {}): Promise<void> {
    const lines = createInterface({ input: this.spawn(more).stdout! });
    const { child } = this;
    const ended = once(child!, 'close').then(([code, signal]) => {
      throw new Error(`the engine ended (${String(signal ?? code)}): ${this.log.slice(-2000)}`);
    });
    const listening = new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        this.said.push(line);
        if (line.startsWith('{"listening":true')) resolve((JSON.parse(line) as { url: string }).url);
      });
    });
    ended.catch(() => undefined);
    this.url = await Promise.race([listening, ended]);
    // The greeting follows the machine-readable line at once; an answered request comes after it.
    await fetch(`${this.url}/health`);
  }

  /** Starts it and does not wait: for a test that kills it while it starts. */
  spawn(more: Environment = {}): ChildProcess {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        PORT: '0',
        REDRESS_DATA: this.folder,
        REDRESS_ADMIN_KEY: ADMIN_KEY,
        ...this.environment,
        ...more,
      },
    });
    this.child = child;
    this.said = [];
    child.stderr.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    return child;
  }

  get isUp(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Sends it a signal and does not wait: to stop it for a while, and to let it go on. */
  signal(signal: NodeJS.Signals): void {
    this.child!.kill(signal);
  }

  /** Waits until it has written this to its log. */
  async logged(text: string): Promise<void> {
    while (!this.log.includes(text)) await once(this.child!.stderr!, 'data');
  }

  /** As a power failure takes it, but for the page cache: nothing of its own runs any more. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL');
  }

  /** @returns its exit code, null where the signal ended it */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    // Its pipes are read to their end before it counts as ended: nothing that it logged is missed.
    const closed = once(child, 'close') as Promise<[number | null]>;
    child.kill(signal);
    return (await closed)[0];
  }

  /** Ends it and takes its folder away. */
  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get(path: string, headers: Headers = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body: unknown = {}, headers: Headers = {}): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  /** As the administrator, where the headers name nobody else. A text is sent as it is, all else as JSON. */
  async send(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        authorization: `Bearer ${ADMIN_KEY}`,
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** A person with a key of this role. @returns the key */
  async hire(name: string, role: string): Promise<string> {
    const person = await this.post('/people', { kind: 'person', name });
    const issued = await this.post('/keys', { personId: person.body.id, role, label: `${name}'s key` });
    if (issued.status !== 201) throw new Error(`no key: ${JSON.stringify(issued.body)}`);
    return issued.body.key as string;
  }

  /** The position of the last event of the log. */
  async head(): Promise<string> {
    return (await this.get('/events?after=head')).body.next as string;
  }

  /** Waits until the views have seen the whole log. @returns the log's last position */
  async caughtUp(): Promise<string> {
    const head = await this.head();
    const { status, body } = await this.get(`/counts?atLeast=${head}`);
    if (status !== 200) throw new Error(`the views do not come up to ${head}: ${JSON.stringify(body)}`);
    return head;
  }

  /** Waits until no view is being built anew, and all have seen the whole log. */
  async settled(): Promise<void> {
    for (;;) {
      const { body } = await this.get('/projections');
      if (!(body.items as { rebuilding?: unknown }[]).some(({ rebuilding }) => rebuilding !== undefined)) break;
    }
    await this.caughtUp();
  }
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'redress-test-'));
