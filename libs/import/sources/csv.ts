import { Readable } from 'node:stream';
import { parse, type CsvError, type InfoRecord } from 'csv-parse';
import { SourceUnreadable, type Row, type SourceItem } from './row.js';

/** One row may not take more: an unclosed quote would otherwise swallow the rest of a file into memory. */
const LONGEST_ROW_BYTES = 8_000_000;

export interface CsvOptions {
  readonly delimiter: string;
  /** Columns the mapping asks for; all must be in the header. */
  readonly columns: Iterable<string>;
  /** Where it is given, no other column may be there. */
  readonly known?: readonly string[];
}

/**
 * Reads rows under a header. A row with another number of columns than the header, and a row that was cut within quotes,
 * are faults with their line; the rest goes on.
 * @throws SourceUnreadable where a column is not in the header or a row is longer than 8 MB
 */
export async function* readCsv(text: AsyncIterable<string>, options: CsvOptions): AsyncGenerator<SourceItem> {
  const parser = parse({
    delimiter: options.delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_ROW_BYTES,
  });
  let cut: CsvError | undefined;
  parser.on('skip', (error: CsvError) => {
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') cut = error;
    else
      parser.destroy(
        new SourceUnreadable(`A row near line ${String(error['lines'])} cannot be read: ${error.message}`),
      );
  });
  const source = Readable.from(text, { highWaterMark: 1 });
  source.on('error', (error) => parser.destroy(error));
  let header: Header | undefined;
  let lastLine = 0;
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<{ record: string[]; info: InfoRecord }>) {
      const line = info.lines - newlinesIn(record);
      lastLine = info.lines;
      if (!header) header = new Header(record, options);
      else if (record.length !== header.width) yield columnFault(line, record.length, header.width);
      else yield { row: new CsvRow(line, header, record) };
    }
  } finally {
    source.destroy();
  }
  if (!header) throw new SourceUnreadable('The file has no header: it is empty.');
  if (cut) yield { fault: cutFault(lastLine + 1), cutsCase: false };
}

class Header {
  readonly width: number;
  private readonly places: ReadonlyMap<string, number>;

  constructor(names: readonly string[], { columns: wanted, known }: CsvOptions) {
    this.width = names.length;
    this.places = new Map(names.map((name, at) => [name.trim(), at]));
    const strange = names.filter((name) => known !== undefined && !known.includes(name.trim()));
    if (strange.length > 0) {
      throw new SourceUnreadable(`There is no column ${quoted(strange)}; there are ${quoted(known!)}.`);
    }
    const missing = [...wanted].filter((name) => !this.places.has(name));
    if (missing.length === 0) return;
    // A whole header in one column is what a wrong delimiter looks like.
    const hint = names.length === 1 ? ' All of it is one column: is another “delimiter” meant in the mapping?' : '';
    throw new SourceUnreadable(`The header lacks ${quoted(missing)}; it has ${quoted(names)}.${hint}`);
  }

  place(column: string): number | undefined {
    return this.places.get(column);
  }
}

const quoted = (list: readonly string[]): string => list.map((name) => `“${name.trim()}”`).join(', ');

class CsvRow implements Row {
  constructor(
    readonly line: number,
    private readonly header: Header,
    private readonly values: readonly string[],
  ) {}

  get(column: string): string | undefined {
    const place = this.header.place(column);
    return place === undefined ? undefined : this.values[place];
  }

  identity(): string {
    return JSON.stringify(this.values);
  }
}

const newlinesIn = (record: readonly string[]): number =>
  record.reduce((sum, value) => sum + (value.includes('\n') ? value.split('\n').length - 1 : 0), 0);

const columnFault = (line: number, has: number, wants: number): SourceItem => ({
  fault: { line, code: 'COLUMNS_DIFFER', reason: `The row has ${has} columns where the header has ${wants}.` },
  cutsCase: false,
});

const cutFault = (line: number) => ({
  line,
  code: 'ROW_CUT',
  reason: 'The row breaks off within quotes: the file was cut here, or a quote is not closed.',
});
