import { isRefusal, type Actor } from '#kernel';
import type { Directory } from '#organisation';

const NAME = 'local operator';
const LABEL = 'command line on this machine';

/**
 * Who may read the data folder may do anything with it, so the command line on the same machine comes in by itself: as a
 * service of its own, under a key that is made anew at every start and lies in the folder (O-1: who it was stays on record).
 */
export class LocalOperator {
  private keyId: string | undefined;

  constructor(private readonly directory: Directory) {}

  /** A fresh key; the one of an earlier start ends. */
  async newKey(): Promise<string> {
    const personId = await this.personId();
    for (const key of this.directory.listKeys()) {
      const isOld = key.personId === personId && key.revokedAt === undefined;
      if (isOld) await this.directory.revokeKey(key.id);
    }
    const label = `${LABEL} ${process.pid}-${Date.now().toString(36)}`;
    const issued = await this.directory.issueKey({ personId, role: 'administrator', label });
    if (isRefusal(issued)) throw new Error(`the local operator got no key: ${issued.code}`);
    this.keyId = issued.id;
    return issued.key;
  }

  /** As whom a command line that holds the folder itself acts. */
  async actor(): Promise<Actor> {
    const key = await this.newKey();
    const actor = this.directory.authenticate(key);
    if (actor === undefined) throw new Error('the local operator is not let in');
    return actor;
  }

  async end(): Promise<void> {
    if (this.keyId !== undefined) await this.directory.revokeKey(this.keyId);
  }

  private async personId(): Promise<string> {
    const known = this.directory.listPeople().find(({ kind, name }) => kind === 'service' && name === NAME);
    return (known ?? (await this.directory.addPerson({ kind: 'service', name: NAME }))).id;
  }
}
