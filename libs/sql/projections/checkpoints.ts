import type { Position } from '#kernel';
import { changeShares, type ShareRow } from '../keeping/share-books.js';
import type { Generation, Phase, Reached } from './track.js';
import type { AnyDb } from '../writer.js';

type Entry = readonly [commit: string, prepare: string, arrived?: Phase];
type Entries = Readonly<Record<string, Entry>>;

/** What of a generation its checkpoints are found by. */
interface Known extends Pick<Generation, 'generation' | 'base'> {
  readonly projection: { readonly name: string };
}

const keyOf = ({ projection: { name }, generation }: Known): string => `${name}@${generation}`;

export interface Move {
  readonly of: Generation;
  readonly shares: readonly string[];
  readonly to: Reached;
}

/** How far each share has come in each generation, as the books had it when they were read last. */
export class Checkpoints {
  private texts = new Map<string, string>();
  private entries = new Map<string, Entries>();

  read(rows: readonly ShareRow[]): void {
    this.texts = new Map(rows.map(({ share, checkpoints }) => [share, checkpoints]));
    this.entries = new Map(rows.map(({ share, checkpoints }) => [share, JSON.parse(checkpoints) as Entries]));
  }

  of(generation: Generation, share: string): Reached {
    return reachedIn(this.entries.get(share), generation);
  }

  /**
   * Sets checkpoints from where they were to where they are, in the transaction that writes the rows.
   * @returns what to do once it has committed
   * @throws Error when somebody else moved them: the transaction must not commit
   */
  async move(db: AnyDb, moves: readonly Move[]): Promise<() => void> {
    const fresh = new Map<string, Entries>();
    for (const { of, shares, to } of moves) {
      const { commit, prepare } = to.checkpoint;
      const at = [String(commit), String(prepare)] as const;
      const entry: Entry = to.arrived === undefined ? at : [...at, to.arrived];
      for (const share of shares) {
        fresh.set(share, { ...(fresh.get(share) ?? this.entries.get(share)), [keyOf(of)]: entry });
      }
    }
    const texts = new Map([...fresh].map(([share, entries]) => [share, JSON.stringify(entries)]));
    await changeShares(db, this.texts, texts);
    return () => {
      for (const [share, text] of texts) this.texts.set(share, text);
      for (const [share, entries] of fresh) this.entries.set(share, entries);
    };
  }
}

/** What a share says of a generation; the generation's own position where it says nothing. */
function reachedIn(entries: Entries | undefined, generation: Known): Reached {
  const [commit, prepare, arrived] = entries?.[keyOf(generation)] ?? [];
  if (commit === undefined) return { checkpoint: generation.base };
  return { checkpoint: { commit: BigInt(commit), prepare: BigInt(prepare!) }, arrived };
}

/** The checkpoints of a share without those of a generation that is gone. */
export function withoutGeneration(checkpoints: string, generation: Generation): string {
  const { [keyOf(generation)]: _, ...others } = JSON.parse(checkpoints) as Entries;
  return JSON.stringify(others);
}

/** What a share says in the books. */
export const reachedOf = (checkpoints: string, generation: Known): Reached =>
  reachedIn(JSON.parse(checkpoints) as Entries, generation);

export const samePosition = (a: Position, b: Position): boolean => a.commit === b.commit && a.prepare === b.prepare;
