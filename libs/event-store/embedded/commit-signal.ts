import { BroadcastChannel } from 'node:worker_threads';

/** The channel on which the writer tells every thread of the process that something was committed. */
export const commitChannel = (epoch: string): string => `redress-log-${epoch}`;

/** Wakes who waits for the next commit. Take `version` before reading; what is committed after that changes it. */
export class CommitSignal {
  private readonly channel: BroadcastChannel;
  private readonly waiting = new Set<() => void>();
  version = 0;

  constructor(epoch: string) {
    this.channel = new BroadcastChannel(commitChannel(epoch));
    this.channel.onmessage = () => this.notify();
    this.channel.unref();
  }

  /** Something was committed, or whoever waits should look around. */
  notify(): void {
    this.version++;
    for (const wake of this.waiting) wake();
  }

  /** Resolves when the version is no longer the one given. Waiting keeps the process alive. */
  changed(since: number): Promise<void> {
    if (this.version !== since) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        if (this.waiting.size === 0) this.channel.unref();
        resolve();
      };
      this.waiting.add(wake);
      this.channel.ref();
    });
  }

  close(): void {
    this.notify();
    this.channel.close();
  }
}
