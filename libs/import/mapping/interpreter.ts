import { createHash } from 'node:crypto';
import type { Instant } from '#kernel';
import type { HistoricalCase, HistoricalEntry } from '../historical-case.js';
import type { Row } from '../sources/row.js';
import type { EntrySpec, Mapping, Meaning, RejectionSpec } from './schema.js';
import { ValueCompiler, type Problem, type Read } from './values.js';

/** What a case says besides its entries. */
export type CaseHead = Omit<HistoricalCase, 'entries' | 'sourceKey' | 'takenOverAt'>;

/** Hash of all a row says, 128 bits: two rows with one hash are equal. */
export const rowHash = (row: Row): string => createHash('sha256').update(row.identity()).digest('hex').slice(0, 32);

/** Reads rows as a mapping says. */
export class Interpreter {
  /** All columns the mapping names. */
  readonly columns: ReadonlySet<string>;
  private readonly keyColumns: readonly ((row: Row) => string | undefined)[];
  private readonly rejections: readonly ((row: Row) => Problem | undefined)[];
  private readonly entryReaders: readonly Read<HistoricalEntry>[];
  private readonly headReader: Read<CaseHead>;

  constructor(private readonly mapping: Mapping) {
    const compiler = new ValueCompiler(mapping);
    this.keyColumns = mapping.caseKey === 'row' ? [] : mapping.caseKey.columns.map((column) => compiler.raw(column));
    this.rejections = mapping.reject.map((rule) => compileRejection(compiler, rule));
    this.entryReaders = mapping.entries.map((entry) => compileEntry(compiler, entry, mapping));
    this.headReader = compileHead(compiler, mapping);
    this.columns = compiler.columns;
  }

  /** What makes it one case in its source; undefined where a key column is unknown. */
  key(row: Row): string | undefined {
    if (this.mapping.caseKey === 'row') return rowHash(row);
    const parts = this.keyColumns.map((read) => read(row)?.trim());
    if (parts.some((part) => part === undefined)) return undefined;
    return parts.length === 1 ? parts[0] : JSON.stringify(parts);
  }

  /** The first of the mapping's rules that forbids the row. */
  forbidden(row: Row): Problem | undefined {
    for (const rule of this.rejections) {
      const problem = rule(row);
      if (problem) return problem;
    }
    return undefined;
  }

  entries(row: Row, problems: Problem[]): HistoricalEntry[] {
    return this.entryReaders.flatMap((read) => read(row, problems) ?? []);
  }

  /** Read from the first row of a case. */
  head(row: Row, problems: Problem[]): CaseHead | undefined {
    return this.headReader(row, problems);
  }
}

function compileRejection(compiler: ValueCompiler, rule: RejectionSpec): (row: Row) => Problem | undefined {
  const problem: Problem = { code: rule.code, reason: rule.message };
  if (rule.before) {
    const [first, second] = [compiler.date(rule.before[0]), compiler.date(rule.before[1])];
    return (row) => {
      const [a, b] = [first(row, []), second(row, [])];
      return a !== undefined && b !== undefined && a < b ? problem : undefined;
    };
  }
  if (rule.missing !== undefined) {
    const raw = compiler.raw(rule.missing);
    return (row) => (raw(row) === undefined ? problem : undefined);
  }
  const holds = compiler.condition(rule.where);
  return (row) => (holds(row) ? problem : undefined);
}

function compileEntry(compiler: ValueCompiler, spec: EntrySpec, mapping: Mapping): Read<HistoricalEntry> {
  const at = compiler.date(spec.at);
  const holds = compiler.condition(spec.when);
  const [state, subState] = [compiler.text(spec.state), compiler.text(spec.subState)];
  const rest = compileMembers<Omit<HistoricalEntry, 'at'>>({
    unit: compiler.text(spec.unit),
    owner: compiler.text(spec.owner),
    outcome: compiler.word(spec.outcome),
    severity: compiler.word(spec.severity),
    category: compiler.text(spec.category),
    statedVerdict: compiler.text(spec.statedVerdict),
    text: compiler.text(spec.text),
  });
  const meanings = compileMeanings(mapping);
  return (row, problems) => {
    const when = holds(row) ? at(row, problems) : undefined;
    if (when === undefined) return undefined;
    const written = { state: state(row, problems), subState: subState(row, problems) };
    return {
      at: when,
      line: row.line,
      ...known(written),
      ...meanings(written, problems),
      ...rest(row, problems),
      ...(spec.replied !== undefined && { replied: spec.replied }),
    };
  };
}

type Written = { readonly state: string | undefined; readonly subState: string | undefined };
type Meant = Pick<HistoricalEntry, 'phase' | 'waitingFor'>;

function compileMeanings(mapping: Mapping): (written: Written, problems: Problem[]) => Meant {
  const states = new Map(Object.entries(mapping.states));
  const subStates = new Map(Object.entries(mapping.subStates));
  return ({ state, subState }, problems) => {
    const meaning = subStates.get(subState?.trim() ?? '') ?? states.get(state?.trim() ?? '');
    if (meaning !== undefined) return meantBy(meaning);
    if (state === undefined || mapping.unknownStates === 'keep') return {};
    if (mapping.unknownStates !== 'reject') return meantBy(mapping.unknownStates);
    problems.push({ code: 'STATE_UNKNOWN', reason: 'The row is in a state the mapping does not list.' });
    return {};
  };
}

const meantBy = (meaning: Meaning): Meant =>
  typeof meaning === 'string'
    ? { phase: meaning }
    : { phase: meaning.phase, ...(meaning.waitingFor && { waitingFor: meaning.waitingFor }) };

function compileHead(compiler: ValueCompiler, mapping: Mapping): Read<CaseHead> {
  const { fields } = mapping;
  const kind = compiler.word(fields.kind);
  const channel = compiler.word(fields.channel);
  const openedAt = compiler.date(mapping.openedAt);
  const targetAt: Read<Instant> = mapping.targetAt === undefined ? () => undefined : compiler.date(mapping.targetAt);
  const rest = compileMembers<Partial<CaseHead>>({
    category: compiler.text(fields.category),
    unit: compiler.text(fields.unit),
    subject: compiler.text(fields.subject),
    content: compiler.text(fields.content),
    externalReference: compiler.text(fields.externalReference),
    targetAt,
  });
  const complainant = compileMembers<NonNullable<CaseHead['complainant']>>({
    name: compiler.text(fields.complainant?.name),
    phone: compiler.text(fields.complainant?.phone),
    email: compiler.text(fields.complainant?.email),
    address: compiler.text(fields.complainant?.address),
    reference: compiler.text(fields.complainant?.reference),
  });
  const own = compileMembers<Record<string, string>>(
    Object.fromEntries(Object.entries(fields.own).map(([field, spec]) => [field, compiler.text(spec)])),
  );
  const name = { source: mapping.source, mapping: `${mapping.source}@${mapping.version}` };
  return (row, problems) => {
    const needed = { kind: kind(row, problems), channel: channel(row, problems), openedAt: openedAt(row, problems) };
    for (const [field, value] of Object.entries(needed)) {
      if (value === undefined) problems.push({ code: 'VALUE_MISSING', reason: `The row gives no ${field}.` });
    }
    const who = complainant(row, problems);
    const values = own(row, problems);
    return {
      ...name,
      ...(needed as Pick<CaseHead, 'kind' | 'channel' | 'openedAt'>),
      persons: 1,
      circumstances: [],
      ...rest(row, problems),
      ...(Object.keys(who).length > 0 && { complainant: who }),
      ...(Object.keys(values).length > 0 && { fields: values }),
    };
  };
}

/** Reads several members; those that are unknown are left out. */
function compileMembers<T extends object>(
  readers: Readonly<Record<string, Read<string>>>,
): (row: Row, problems: Problem[]) => T {
  const entries = Object.entries(readers);
  return (row, problems) => known(Object.fromEntries(entries.map(([name, read]) => [name, read(row, problems)]))) as T;
}

const known = <T extends object>(members: T): { [P in keyof T]?: NonNullable<T[P]> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [P in keyof T]?: NonNullable<T[P]>;
  };
