import type { RowSet } from './projection.js';
import type { Row } from '../row.js';
import type { TableShape } from '../shape.js';
import type { RowChange } from '../writer.js';

/** A row as the database has it and as it shall be; undefined where there is none. */
interface Held<R extends Row> {
  readonly before: R | undefined;
  after: R | undefined;
}

/** How to take back what an event changed, should it turn out poisoned. */
export type Journal = (() => void)[];

export interface Changes<R extends Row = Row> {
  readonly inserted: R[];
  readonly updated: RowChange[];
  readonly removed: R[];
}

/** Rows held in memory for the length of a batch, with what they were when they were loaded. */
export class LoadedRows<R extends Row> implements RowSet<R> {
  private readonly rows = new Map<string, Held<R>>();

  constructor(
    private readonly shape: TableShape<R>,
    /** How many columns of the key every row here has in common. */
    private readonly shared: number,
    private readonly journal: Journal,
  ) {}

  /** A row as the database has it. */
  loaded(row: R): void {
    this.rows.set(this.keyOf(row), { before: row, after: row });
  }

  get(...rest: readonly (string | number)[]): R | undefined {
    return this.rows.get(rest.join('\0'))?.after;
  }

  all(): R[] {
    const rows: R[] = [];
    for (const { after } of this.rows.values()) if (after !== undefined) rows.push(after);
    return rows.length > 1 ? rows.sort((a, b) => this.compare(a, b)) : rows;
  }

  put(row: R): void {
    this.set(this.keyOf(row), row);
  }

  remove(row: R): void {
    this.set(this.keyOf(row), undefined);
  }

  clear(): void {
    for (const key of this.rows.keys()) this.set(key, undefined);
  }

  /** Adds what has become of the rows. */
  changesInto({ inserted, updated, removed }: Changes): void {
    for (const { before, after } of this.rows.values()) {
      if (before === after) continue;
      if (before === undefined) inserted.push(after!);
      else if (after === undefined) removed.push(before);
      else updated.push({ before, after });
    }
  }

  private set(key: string, row: R | undefined): void {
    let held = this.rows.get(key);
    if (held?.after === row) return;
    if (held === undefined) this.rows.set(key, (held = { before: undefined, after: undefined }));
    const { after } = held;
    this.journal.push(() => (held.after = after));
    held.after = row;
  }

  private compare(a: R, b: R): number {
    const { key } = this.shape;
    for (let at = this.shared; at < key.length; at++) {
      const [one, other] = [a[key[at]!]!, b[key[at]!]!];
      if (one !== other) return one < other ? -1 : 1;
    }
    return 0;
  }

  private keyOf(row: R): string {
    const { key } = this.shape;
    if (key.length === this.shared) return '';
    let text = String(row[key[this.shared]!]);
    for (let at = this.shared + 1; at < key.length; at++) text += `\0${row[key[at]!]}`;
    return text;
  }
}
