import type { ForeignEvent, ProjectedEvent, Projection, RowSet, Table, Tables } from './projection.js';
import { NOTHING_OPENED } from './prepare.js';
import { LoadedRows, type Changes, type Journal } from './row-set.js';
import type { Row } from '../row.js';
import { columnsOf, physicalName, type TableShape } from '../shape.js';
import type { PhysicalTable, WriteTransaction } from '../writer.js';

/** The rows in common of a table that every event sees whole. */
const WHOLE = '';

export const physicalTable = (shape: TableShape, generation: number): PhysicalTable => ({
  name: physicalName(shape, generation),
  columns: columnsOf(shape),
  types: shape.columns,
  key: shape.key,
});

/**
 * One batch of one projection: loads the rows that the batch's subjects have, folds in memory, writes what changed.
 * No query per event, no query per row.
 */
export class BatchSession implements Tables {
  private readonly sets = new Map<string, Map<string, LoadedRows<Row>>>();
  private readonly loaded = new Set<string>();
  private readonly entered = new Map<string, Row[]>();
  private readonly replaced = new Set<string>();
  private readonly journal: Journal = [];
  private subject = '';

  constructor(
    private readonly projection: Projection,
    private readonly generation: number,
    /** While a generation is loaded in bulk, derived tables wait: they are made at its end, once (see build.ts). */
    private readonly bulk: boolean,
  ) {
    for (const table of projection.tables) {
      if (table.kind === 'rows') this.sets.set(table.shape.name, new Map());
      else if (table.kind === 'entries') this.entered.set(table.shape.name, []);
    }
  }

  /**
   * Makes subjects ready for folding; those that are ready stay as they are.
   * @param events of the subjects; of one that begins with its event no table can have rows yet
   */
  async load(tx: WriteTransaction, events: Iterable<{ subject: string; begins: boolean }>): Promise<void> {
    const known: string[] = [];
    const fresh: string[] = [];
    for (const { subject, begins } of events) {
      if (this.loaded.has(subject)) continue;
      this.loaded.add(subject);
      fresh.push(subject);
      if (!begins) known.push(subject);
    }
    for (const table of this.projection.tables) {
      if (table.kind !== 'rows') continue;
      if (table.of === 'subject') await this.loadSubjects(tx, table.shape, fresh, known);
      else await this.loadWhole(tx, table.shape);
    }
  }

  /** @throws whatever the fold throws; nothing of the event stays */
  fold(event: ProjectedEvent): void {
    this.begin(event.subject);
    try {
      this.projection.fold(this.asDeclared(event), this);
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  /** @throws as `fold` */
  foreign(event: ForeignEvent): void {
    this.begin(event.subject);
    try {
      this.projection.foreign?.(event, this);
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  /** Forgets all rows of a subject: they are made anew from its stream. */
  reset(subject: string): void {
    this.replaced.add(subject);
    for (const table of this.projection.tables) {
      if (table.kind === 'rows' && table.of === 'subject') this.sets.get(table.shape.name)!.get(subject)!.clear();
      if (table.kind !== 'entries') continue;
      const rows = this.entered.get(table.shape.name)!;
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
    if (!rows) throw new Error(`${this.projection.name} declares no entries ${shape.name}`);
    rows.push(row);
    this.journal.push(() => void rows.pop());
  }

  /** Writes the entries so far. Nobody looks at them again, so a long batch need not hold them to its end. */
  async writeEntries(tx: WriteTransaction): Promise<void> {
    for (const table of this.projection.tables) {
      if (table.kind !== 'entries') continue;
      const physical = physicalTable(table.shape, this.generation);
      if (this.replaced.size > 0) await tx.removeWhere(physical, table.subject, [...this.replaced]);
      await tx.insert(physical, this.entered.get(table.shape.name)!);
      this.entered.set(table.shape.name, []);
    }
    this.replaced.clear();
  }

  async write(tx: WriteTransaction): Promise<void> {
    await this.writeEntries(tx);
    const changes = new Map([...this.sets].map(([name, sets]) => [name, changesOf(sets.values())] as const));
    for (const table of this.projection.tables) {
      if (table.kind === 'entries') continue;
      const physical = physicalTable(table.shape, this.generation);
      if (table.kind === 'rows') {
        const { inserted, updated, removed } = changes.get(table.shape.name)!;
        await tx.remove(physical, removed);
        await tx.insert(physical, inserted);
        await tx.update(physical, updated);
      } else if (!this.bulk) {
        const { inserted, removed } = deriveChanges(table, changes.get(table.from.name)!);
        await tx.remove(physical, removed);
        await tx.insert(physical, inserted);
      }
    }
  }

  private async loadSubjects(
    tx: WriteTransaction,
    shape: TableShape,
    fresh: readonly string[],
    known: readonly string[],
  ): Promise<void> {
    const sets = this.sets.get(shape.name)!;
    for (const subject of fresh) sets.set(subject, new LoadedRows<Row>(shape, 1, this.journal));
    const column = shape.key[0]!;
    const rows = await tx.load(physicalTable(shape, this.generation), column, known);
    for (const row of rows) sets.get(String(row[column]))!.loaded(row);
  }

  private async loadWhole(tx: WriteTransaction, shape: TableShape): Promise<void> {
    const sets = this.sets.get(shape.name)!;
    if (sets.has(WHOLE)) return;
    const whole = new LoadedRows<Row>(shape, 0, this.journal);
    for (const row of await tx.load(physicalTable(shape, this.generation))) whole.loaded(row);
    sets.set(WHOLE, whole);
  }

  /** What one projection declares must not open eyes to another, or its rows would depend on who was in the batch. */
  private asDeclared(event: ProjectedEvent): ProjectedEvent {
    if (event.personal === NOTHING_OPENED) return event;
    const declared = this.projection.opens[event.type];
    if (declared === undefined) return { ...event, personal: NOTHING_OPENED };
    const names = Object.keys(event.personal);
    if (names.every((name) => declared.includes(name))) return event;
    const open = names.filter((name) => declared.includes(name)).map((name) => [name, event.personal[name]] as const);
    return { ...event, personal: Object.fromEntries(open) as ProjectedEvent['personal'] };
  }

  private begin(subject: string): void {
    this.subject = subject;
    this.journal.length = 0;
  }

  private undo(): void {
    for (const undo of this.journal.reverse()) undo();
  }
}

function changesOf(sets: Iterable<LoadedRows<Row>>): Changes {
  const changes: Changes = { inserted: [], updated: [], removed: [] };
  for (const rows of sets) rows.changesInto(changes);
  return changes;
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
