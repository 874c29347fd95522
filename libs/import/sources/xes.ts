import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { SourceUnreadable, type Row, type SourceItem } from './row.js';

/** Attributes of the trace are columns `trace:<key>`, those of the event have their key as name. */
export const TRACE_PREFIX = 'trace:';

const ATTRIBUTES = new Set(['string', 'date', 'int', 'float', 'boolean', 'id']);

/**
 * Reads the events of an XES log (IEEE 1849) in file order, one trace after the other; nested attributes are passed over. Where
 * the file is cut or no XML any more the rest is one fault with its line.
 * @throws SourceUnreadable where it is no XES from its first element on
 */
export async function* readXes(text: AsyncIterable<string>): AsyncGenerator<SourceItem> {
  const reading = new XesReading();
  for await (const chunk of text) {
    reading.take(chunk);
    yield* reading.items.splice(0);
    if (reading.broken) return;
  }
  reading.end();
  yield* reading.items;
}

class XesReading {
  readonly items: SourceItem[] = [];
  broken = false;
  private readonly parser = new SaxesParser();
  private readonly open: string[] = [];
  private trace = new Map<string, string>();
  private traceGiven = false;
  private begun = false;
  private event: { readonly line: number; readonly values: Map<string, string> } | undefined;

  constructor() {
    this.parser.on('opentag', (tag) => this.opened(tag));
    this.parser.on('closetag', () => this.closed());
    this.parser.on('error', (error) => this.fail(error.message.replace(/^\d+:\d+: |\.$/g, '')));
  }

  take(chunk: string): void {
    this.parser.write(chunk);
  }

  end(): void {
    this.parser.close();
  }

  private opened({ name, attributes }: SaxesTagPlain): void {
    if (this.broken) return;
    const parent = this.open.at(-1);
    if (parent === undefined && name !== 'log') throw noXes(`it begins with <${name}>`);
    this.begun = true;
    this.open.push(name);
    if (name === 'trace') [this.trace, this.traceGiven] = [new Map(), false];
    else if (name === 'event' && parent === 'trace') this.event = { line: this.parser.line, values: new Map() };
    else if (ATTRIBUTES.has(name)) {
      const { key, value } = attributes;
      if (key === undefined || value === undefined) return;
      if (parent === 'event') this.event?.values.set(key, value);
      else if (parent === 'trace') this.trace.set(TRACE_PREFIX + key, value);
    }
  }

  private closed(): void {
    if (this.broken) return;
    if (this.open.pop() !== 'event' || !this.event) return;
    const { line, values } = this.event;
    this.items.push({ row: new XesRow(line, values, this.trace) });
    this.event = undefined;
    this.traceGiven = true;
  }

  private fail(reason: string): void {
    if (this.broken) return;
    if (!this.begun) throw noXes(reason);
    this.broken = true;
    const fault = { line: this.parser.line, code: 'FILE_CUT', reason: `The file is no XES from here on: ${reason}` };
    this.items.push({ fault, cutsCase: this.traceGiven && this.open.includes('trace') });
  }
}

const noXes = (reason: string): SourceUnreadable =>
  new SourceUnreadable(`The file is no XES log, which begins with <log>: ${reason}.`);

class XesRow implements Row {
  constructor(
    readonly line: number,
    private readonly values: ReadonlyMap<string, string>,
    private readonly trace: ReadonlyMap<string, string>,
  ) {}

  get(column: string): string | undefined {
    return column.startsWith(TRACE_PREFIX) ? this.trace.get(column) : this.values.get(column);
  }

  identity(): string {
    return JSON.stringify([[...this.trace], [...this.values]]);
  }
}
