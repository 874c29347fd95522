import type { RowSet } from './projection.js';
import type { Row } from './row.js';
import type { TableShape } from './shape.js';
import type { RowChange } from './writer.js';

/** How to take back what an event changed, should it turn out poisoned. */
export type Journal = (() => void)[];

/** Rows held in memory for the length of a batch, with what they were when they were loaded. */
export class LoadedRows<R extends Row> implements RowSet<R> {
  private readonly rows = new Map<string, R>();
  private readonly before = new Map<string, R>();
  private readonly touched = new Set<string>();

  constructor(
    private readonly shape: TableShape<R>,
    /** How many columns of the key every row here has in common. */
    private readonly shared: number,
    private readonly journal: Journal,
  ) {}

  /** A row as the database has it. */
  loaded(row: R): void {
    const key = this.keyOf(row);
    this.rows.set(key, row);
    this.before.set(key, row);
  }

  get(...rest: readonly (string | number)[]): R | undefined {
    return this.rows.get(rest.join('\0'));
  }

  all(): R[] {
    return [...this.rows.values()];
  }

  put(row: R): void {
    const key = this.keyOf(row);
    if (this.rows.get(key) === row) return;
    this.set(key, row);
  }

  remove(row: R): void {
    this.set(this.keyOf(row), undefined);
  }

  clear(): void {
    for (const key of [...this.rows.keys()]) this.set(key, undefined);
  }

  changes(): { inserted: R[]; updated: RowChange[]; removed: R[] } {
    const inserted: R[] = [];
    const updated: RowChange[] = [];
    const removed: R[] = [];
    for (const key of this.touched) {
      const before = this.before.get(key);
      const after = this.rows.get(key);
      if (before === undefined && after !== undefined) inserted.push(after);
      else if (before !== undefined && after !== undefined && before !== after) updated.push({ before, after });
      else if (before !== undefined && after === undefined) removed.push(before);
    }
    return { inserted, updated, removed };
  }

  private set(key: string, row: R | undefined): void {
    const before = this.rows.get(key);
    this.journal.push(() => this.place(key, before));
    this.touched.add(key);
    this.place(key, row);
  }

  private place(key: string, row: R | undefined): void {
    if (row === undefined) this.rows.delete(key);
    else this.rows.set(key, row);
  }

  private keyOf(row: R): string {
    const { key } = this.shape;
    if (key.length === this.shared) return '';
    let text = String(row[key[this.shared]!]);
    for (let at = this.shared + 1; at < key.length; at++) text += `\0${row[key[at]!]}`;
    return text;
  }
}
