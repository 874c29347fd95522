import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVE = fileURLToPath(new URL('./serve.js', import.meta.url));

/** An endpoint in a process of its own, on a folder that outlives it. */
export class EndpointProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'redress-endpoint-'));
  port = 0;
  private child: ChildProcess | undefined;
  /** What went wrong inside. */
  faults = '';

  static async start(): Promise<EndpointProcess> {
    const endpoint = new EndpointProcess();
    await endpoint.run();
    return endpoint;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** On the port it had before. */
  async run(): Promise<void> {
    const child = spawn(process.execPath, [SERVE, this.folder, String(this.port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    child.stderr.on('data', (chunk: Buffer) => (this.faults += chunk.toString()));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value } = (await lines.next()) as { value: string | undefined };
    if (value === undefined) throw new Error(`the endpoint did not start: ${this.faults}`);
    this.port = Number(/:(\d+)\?/.exec(value)![1]);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined) return;
    child.kill(signal);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** Stops whatever it is doing without ending its connections. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async end(): Promise<void> {
    this.thaw();
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
