import type { Instant } from '#kernel';
import type { Row } from '../sources/row.js';
import { DateReader } from './dates.js';
import type { Condition, Mapping, TextSpec, WordSpec } from './schema.js';

/** Why a row cannot be taken. Names columns, never values: those may be personal. */
export interface Problem {
  readonly code: string;
  readonly reason: string;
}

/** What a mapping reads from a row. Problems are collected; a row with problems is rejected. */
export type Read<T> = (row: Row, problems: Problem[]) => T | undefined;

/** Turns the value part of a mapping into functions and remembers which columns they ask for. */
export class ValueCompiler {
  readonly columns = new Set<string>();
  private readonly unknowns: ReadonlySet<string>;
  private readonly dates: DateReader;

  constructor(mapping: Pick<Mapping, 'unknowns' | 'dates'>) {
    this.unknowns = new Set(['', ...mapping.unknowns.map((text) => text.trim())]);
    this.dates = new DateReader(mapping.dates);
  }

  /** The text as it stands, blanks and all; undefined where it means "unknown". */
  raw(column: string): (row: Row) => string | undefined {
    this.columns.add(column);
    return (row) => {
      const value = row.get(column);
      return value === undefined || this.unknowns.has(value.trim()) ? undefined : value;
    };
  }

  date(column: string): Read<Instant> {
    const raw = this.raw(column);
    return (row, problems) => {
      const text = raw(row);
      if (text === undefined) return undefined;
      const at = this.dates.read(text.trim());
      if (at === undefined)
        problems.push({
          code: 'DATE_UNREADABLE',
          reason: `Column “${column}” is no date as the mapping writes dates.`,
        });
      return at;
    };
  }

  condition(condition: Condition | undefined): (row: Row) => boolean {
    const tests = Object.entries(condition ?? {}).map(([column, values]) => {
      this.columns.add(column);
      return (row: Row) => values.includes(row.get(column)?.trim() ?? '');
    });
    return (row) => tests.every((holds) => holds(row));
  }

  text(spec: TextSpec | undefined): Read<string> {
    if (spec === undefined) return () => undefined;
    if (typeof spec === 'string') return this.raw(spec);
    if ('constant' in spec) return () => spec.constant;
    if ('join' in spec) return this.join(spec);
    const { column, values, otherwise, missing } = spec;
    const keep = (value: string) => (otherwise === 'keep' ? { value } : otherwise);
    return this.mapped({ column, values, missing, when: spec.when }, keep);
  }

  word<T extends string>(spec: WordSpec<T> | undefined): Read<T> {
    if (spec === undefined) return () => undefined;
    if ('constant' in spec) return () => spec.constant;
    return this.mapped(spec, () => spec.otherwise);
  }

  private join(spec: {
    readonly join: readonly string[];
    readonly separator: string;
    readonly when?: Condition | undefined;
  }): Read<string> {
    const parts = spec.join.map((column) => this.raw(column));
    const holds = this.condition(spec.when);
    return (row) => {
      if (!holds(row)) return undefined;
      const known = parts.map((part) => part(row)?.trim()).filter((part) => part !== undefined);
      return known.length > 0 ? known.join(spec.separator) : undefined;
    };
  }

  private mapped<T extends string>(
    spec: {
      readonly column: string;
      readonly values: Readonly<Record<string, T>>;
      readonly missing: 'reject' | 'omit' | { readonly value: T };
      readonly when?: Condition | undefined;
    },
    otherwise: (value: string) => 'reject' | 'omit' | { readonly value: T },
  ): Read<T> {
    const raw = this.raw(spec.column);
    const holds = this.condition(spec.when);
    // A map, because an object would find `constructor` in itself.
    const values = new Map(Object.entries(spec.values) as [string, T][]);
    return (row, problems) => {
      if (!holds(row)) return undefined;
      const text = raw(row);
      const listed = text === undefined ? undefined : values.get(text.trim());
      if (listed !== undefined) return listed;
      const fallback = text === undefined ? spec.missing : otherwise(text);
      if (fallback === 'omit') return undefined;
      if (fallback !== 'reject') return fallback.value;
      problems.push(
        text === undefined
          ? { code: 'VALUE_MISSING', reason: `Column “${spec.column}” is unknown but needed.` }
          : { code: 'VALUE_NOT_MAPPED', reason: `Column “${spec.column}” has a value the mapping does not list.` },
      );
      return undefined;
    };
  }
}
