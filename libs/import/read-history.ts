import type { Instant } from '#kernel';
import { groupingFor } from './grouping.js';
import type { HistoryItem } from './historical-case.js';
import { Interpreter } from './mapping/interpreter.js';
import type { Mapping } from './mapping/schema.js';
import { readCsv } from './sources/csv.js';
import { openSource, type GivenFile, type SourceText } from './sources/open-source.js';
import type { SourceItem } from './sources/row.js';
import { readXes } from './sources/xes.js';

export interface ReadHistoryOptions {
  /** CSV or XES, plain or gzip. */
  readonly file: string | GivenFile;
  readonly mapping: Mapping;
  /** The cut-over of all cases of this run (EVENTS.md 18). */
  readonly takenOverAt: Instant;
  /** How many bytes of the file have been read, of how many, and how many cases were begun in them. */
  readonly onProgress?: (readBytes: number, sizeBytes: number, cases: number) => void;
}

/**
 * Reads the cases of a file, and what of it is none, as they come. Memory: a row, and what grouping needs (see
 * `grouping.ts`); the file as a whole is never held.
 * @throws SourceUnreadable where the file cannot be read with this mapping at all
 */
export async function* readHistory(options: ReadHistoryOptions): AsyncGenerator<HistoryItem> {
  const { file, mapping, takenOverAt, onProgress } = options;
  const interpreter = new Interpreter(mapping);
  const grouping = groupingFor(mapping, interpreter, takenOverAt);
  const source = await openSource(file, mapping.encoding);
  onProgress?.(0, source.sizeBytes, 0);
  let reported = 0;
  for await (const item of rowsOf(source, mapping, interpreter.columns)) {
    const readBytes = source.readBytes();
    if (readBytes > reported) onProgress?.((reported = readBytes), source.sizeBytes, grouping.begun);
    if ('row' in item) yield* grouping.take(item.row);
    else {
      if (item.cutsCase) grouping.cut();
      yield { kind: 'rejected', rejected: item.fault };
    }
  }
  onProgress?.(source.sizeBytes, source.sizeBytes, grouping.begun);
  yield* grouping.end();
}

const rowsOf = ({ text }: SourceText, mapping: Mapping, columns: ReadonlySet<string>): AsyncIterable<SourceItem> =>
  mapping.format === 'csv' ? readCsv(text, { delimiter: mapping.delimiter, columns }) : readXes(text);
