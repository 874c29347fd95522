import type { ForeignEvent, ProjectedEvent, Projection, RowSet, Table, Tables } from './projection.js';
import { LoadedRows, type Journal } from './row-set.js';
import type { Row } from './row.js';
import { columnsOf, physicalName, type TableShape } from './shape.js';
import type { PhysicalTable, RowChange, WriteTransaction } from './writer.js';

/** The rows in common of a table that every event sees whole. */
const WHOLE = '';

export const physicalTable = (shape: TableShape, generation: number): PhysicalTable => ({
  name: physicalName(shape, generation),
  columns: columnsOf(shape),
  key: shape.key,
});

/**
 * One batch of one projection: loads all rows that the batch's subjects have, folds in memory, writes what changed.
 * No query per event, no query per row.
 */
export class BatchSession implements Tables {
  private readonly sets = new Map<string, Map<string, LoadedRows<Row>>>();
  private readonly entered = new Map<string, Row[]>();
  private readonly replaced = new Set<string>();
  private readonly journal: Journal = [];
  private subject = '';

  constructor(
    private readonly projection: Projection,
    private readonly generation: number,
    /** While a generation is loaded in bulk, derived tables wait: they are made at its end, once (see build.ts). */
    private readonly bulk: boolean,
  ) {}

  async load(tx: WriteTransaction, subjects: readonly string[]): Promise<void> {
    for (const table of this.projection.tables) {
      if (table.kind !== 'rows') continue;
      const perSubject = table.of === 'subject';
      const keys = perSubject ? subjects : [WHOLE];
      const sets = new Map(
        keys.map((key) => [key, new LoadedRows<Row>(table.shape, perSubject ? 1 : 0, this.journal)] as const),
      );
      const column = table.shape.key[0]!;
      const physical = physicalTable(table.shape, this.generation);
      const rows = perSubject ? await tx.load(physical, column, keys) : await tx.load(physical);
      for (const row of rows) sets.get(perSubject ? String(row[column]) : WHOLE)!.loaded(row);
      this.sets.set(table.shape.name, sets);
    }
  }

  /** @throws whatever the fold throws; nothing of the event stays */
  fold(event: ProjectedEvent): void {
    this.attempt(event.subject, () => this.projection.fold(this.asDeclared(event), this));
  }

  foreign(event: ForeignEvent): void {
    this.attempt(event.subject, () => this.projection.foreign?.(event, this));
  }

  /** Forgets all rows of a subject: they are made anew from its stream. */
  reset(subject: string): void {
    this.replaced.add(subject);
    for (const table of this.projection.tables) {
      if (table.kind === 'rows' && table.of === 'subject') this.sets.get(table.shape.name)!.get(subject)!.clear();
      if (table.kind !== 'entries') continue;
      const rows = this.entered.get(table.shape.name) ?? [];
      this.entered.set(
        table.shape.name,
        rows.filter((row) => row[table.subject] !== subject),
      );
    }
  }

  rows<R extends Row>(shape: TableShape<R>): RowSet<R> {
    const sets = this.sets.get(shape.name);
    if (!sets) throw new Error(`${this.projection.name} declares no table ${shape.name}`);
    return (sets.get(this.subject) ?? sets.get(WHOLE)) as unknown as RowSet<R>;
  }

  enter<R extends Row>(shape: TableShape<R>, row: R): void {
    const rows = this.entered.get(shape.name);
    if (rows) rows.push(row);
    else this.entered.set(shape.name, [row]);
    this.journal.push(() => void this.entered.get(shape.name)!.pop());
  }

  async write(tx: WriteTransaction): Promise<void> {
    for (const table of this.projection.tables) await this.writeTable(tx, table);
  }

  /** What one projection declares must not open eyes to another, or its rows would depend on who was in the batch. */
  private asDeclared(event: ProjectedEvent): ProjectedEvent {
    const names = Object.keys(event.personal);
    const declared = this.projection.opens[event.type] ?? [];
    if (names.every((name) => declared.includes(name))) return event;
    const open = names.filter((name) => declared.includes(name)).map((name) => [name, event.personal[name]] as const);
    return { ...event, personal: Object.fromEntries(open) as ProjectedEvent['personal'] };
  }

  private attempt(subject: string, change: () => void): void {
    this.subject = subject;
    this.journal.length = 0;
    try {
      change();
    } catch (error) {
      for (const undo of this.journal.reverse()) undo();
      throw error;
    }
  }

  private async writeTable(tx: WriteTransaction, table: Table): Promise<void> {
    const physical = physicalTable(table.shape, this.generation);
    switch (table.kind) {
      case 'rows': {
        const { inserted, updated, removed } = this.changesOf(table.shape);
        await tx.remove(physical, removed);
        await tx.insert(physical, inserted);
        return tx.update(physical, updated);
      }
      case 'entries':
        if (this.replaced.size > 0) await tx.removeWhere(physical, table.subject, [...this.replaced]);
        return tx.insert(physical, this.entered.get(table.shape.name) ?? []);
      case 'derived': {
        if (this.bulk) return;
        const { inserted, removed } = deriveChanges(table, this.changesOf(table.from));
        await tx.remove(physical, removed);
        return tx.insert(physical, inserted);
      }
    }
  }

  private changesOf(shape: TableShape): Changes {
    const changes: Changes = { inserted: [], updated: [], removed: [] };
    for (const rows of this.sets.get(shape.name)!.values()) {
      const { inserted, updated, removed } = rows.changes();
      changes.inserted.push(...inserted);
      changes.updated.push(...updated);
      changes.removed.push(...removed);
    }
    return changes;
  }
}

interface Changes {
  readonly inserted: Row[];
  readonly updated: RowChange[];
  readonly removed: Row[];
}

type DerivedTable = Extract<Table, { kind: 'derived' }>;

function deriveChanges({ shape, derive }: DerivedTable, changes: Changes): { inserted: Row[]; removed: Row[] } {
  const keyOf = (row: Row): string => shape.key.map((column) => row[column]).join('\0');
  const inserted = changes.inserted.flatMap(derive);
  const removed = changes.removed.flatMap(derive);
  for (const { before, after } of changes.updated) {
    const old = derive(before);
    const fresh = derive(after);
    const oldKeys = new Set(old.map(keyOf));
    const freshKeys = new Set(fresh.map(keyOf));
    removed.push(...old.filter((row) => !freshKeys.has(keyOf(row))));
    inserted.push(...fresh.filter((row) => !oldKeys.has(keyOf(row))));
  }
  return { inserted, removed };
}
