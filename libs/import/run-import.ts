import type { HistoricalCase, HistoryItem, RejectedRow } from './historical-case.js';
import { readHistory, type ReadHistoryOptions } from './read-history.js';
import { RejectionReport } from './rejection-report.js';

const BATCH_CASES = 100;
/** Well below the body limit of the API; a case of its own may be larger. */
const BATCH_CHARACTERS = 400_000;
/** More is never on its way: what an earlier run left behind its mark is at most so much. */
export const BATCHES_IN_FLIGHT = 2;
/** Rejected rows are told with the cases between which they stand, at most so many at a time. */
const BATCH_ITEMS = 1000;

/** What became of a case; `detail` is for people. */
export interface ImportResult {
  readonly sourceKey: string;
  readonly status: 'imported' | 'known' | 'refused';
  readonly caseId?: string;
  readonly code?: string;
  readonly detail?: string;
}

/** Where cases go: the engine in process, or the API. Answers in the order of the cases, when they are durable. */
export interface ImportSink {
  importCases(cases: readonly HistoricalCase[]): Promise<readonly ImportResult[]>;
}

export interface ImportProgress {
  readonly readBytes: number;
  readonly sizeBytes: number;
  /**
   * What of the file is done, between 0 and 1: read, and its cases durable. Where the rows of a case do not stand together the
   * whole file is read before the first case is sent, so bytes alone would say that all is done.
   */
  readonly done: number;
  readonly imported: number;
  readonly known: number;
  readonly refused: number;
  readonly rejectedRows: number;
}

/** What of a run is durable: another run of the same file and mapping can go on behind it. */
export interface ImportMark {
  /** Cases and rejected rows, in the order in which the file tells them. */
  readonly items: number;
  readonly imported: number;
  readonly known: number;
  readonly refused: number;
  readonly rejectedRows: number;
  /** Codes of rejected rows and refused cases, with how often. */
  readonly byCode: Readonly<Record<string, number>>;
}

export interface RunImportOptions extends Omit<ReadHistoryOptions, 'onProgress'> {
  readonly sink: ImportSink;
  /** Rejected rows and refused cases as CSV; made with the first of them. */
  readonly reportFile?: string;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Where an earlier run of the same file stood. */
  readonly from?: ImportMark;
  /** Told after each batch, in the order of the file, with what was rejected in it; the next is told when this has ended. */
  readonly onMark?: (mark: ImportMark, rejected: readonly RejectedRow[]) => Promise<void>;
}

export interface ImportSummary extends ImportProgress, Pick<ImportMark, 'byCode'> {}

/**
 * Reads a file and sends its cases to the sink in batches. Keeps nothing between runs: a run that was killed is completed by
 * running it again, because the sink knows the cases it has (EVENTS.md 2).
 * @throws SourceUnreadable; whatever the sink throws, after which nothing more is sent
 */
export async function runImport(options: RunImportOptions): Promise<ImportSummary> {
  const run = new ImportRun(options);
  try {
    const onProgress: ReadHistoryOptions['onProgress'] = (...read) => run.noteRead(...read);
    for await (const item of readHistory({ ...options, onProgress })) {
      await run.take(item);
    }
    await run.finish();
  } finally {
    await run.close();
  }
  return run.summary();
}

class ImportRun {
  private readonly report: RejectionReport;
  private readonly byCode: Map<string, number>;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly counts: Record<'imported' | 'known' | 'refused' | 'rejectedRows', number>;
  private bytes = { readBytes: 0, sizeBytes: 0 };
  private cases = 0;
  private done = 0;
  /** Of the file, with those that an earlier run has done. */
  private items = 0;
  private batch: HistoryItem[] = [];
  private batchCases = 0;
  private characters = 0;
  private failure: { readonly error: unknown } | undefined;
  /** What was sent is noted in the order of the file. */
  private noted: Promise<void> = Promise.resolve();

  constructor(private readonly options: RunImportOptions) {
    this.report = new RejectionReport(options.reportFile);
    const { items: _, byCode, ...counts } = options.from ?? NOTHING;
    this.counts = { ...counts };
    this.byCode = new Map(Object.entries(byCode));
  }

  noteRead(readBytes: number, sizeBytes: number, cases: number): void {
    [this.bytes, this.cases] = [{ readBytes, sizeBytes }, cases];
    this.tell();
  }

  async take(item: HistoryItem): Promise<void> {
    if (++this.items <= (this.options.from?.items ?? 0)) return;
    this.batch.push(item);
    if (item.kind === 'case') {
      this.batchCases++;
      this.characters += JSON.stringify(item.case).length;
    }
    const isFull =
      this.batchCases >= BATCH_CASES || this.characters >= BATCH_CHARACTERS || this.batch.length >= BATCH_ITEMS;
    if (isFull) await this.dispatch();
  }

  async finish(): Promise<void> {
    await this.dispatch();
    await Promise.all(this.inFlight);
    if (this.failure) throw this.failure.error;
    this.done = 1;
    this.tell();
  }

  /** After what is on its way. */
  async close(): Promise<void> {
    await Promise.all(this.inFlight);
    this.report.close();
  }

  summary(): ImportSummary {
    return { ...this.bytes, ...this.counts, done: this.done, byCode: this.codes() };
  }

  private async dispatch(): Promise<void> {
    while (this.inFlight.size >= BATCHES_IN_FLIGHT) await Promise.race(this.inFlight);
    if (this.failure) throw this.failure.error;
    const { batch, items } = this;
    [this.batch, this.batchCases, this.characters] = [[], 0, 0];
    if (batch.length === 0) return;
    const sending: Promise<void> = this.deliver(batch, items, this.noted)
      .catch((error: unknown) => void (this.failure ??= { error }))
      .finally(() => this.inFlight.delete(sending));
    this.noted = sending;
    this.inFlight.add(sending);
  }

  private async deliver(batch: readonly HistoryItem[], items: number, before: Promise<void>): Promise<void> {
    const cases = batch.flatMap((item) => (item.kind === 'case' ? [item.case] : []));
    const results = cases.length === 0 ? [] : await this.options.sink.importCases(cases);
    if (results.length !== cases.length)
      throw new Error(`${cases.length} cases were sent but ${results.length} answered`);
    await before;
    // What follows a gap is not noted: it is sent again, and known then.
    if (this.failure) return;
    const answers = results[Symbol.iterator]();
    const rejected = batch.flatMap((item) => this.note(item, answers) ?? []);
    this.tell();
    await this.options.onMark?.({ items, ...this.counts, byCode: this.codes() }, rejected);
  }

  private note(item: HistoryItem, answers: Iterator<ImportResult>): RejectedRow | undefined {
    if (item.kind === 'rejected') {
      this.counts.rejectedRows++;
      return this.reject(item.rejected);
    }
    const result = answers.next().value as ImportResult;
    this.counts[result.status]++;
    if (result.status !== 'refused') return undefined;
    const { code = 'REFUSED', detail: reason = 'The engine refused the case.' } = result;
    return this.reject({ line: item.line, code, reason, key: item.case.sourceKey });
  }

  private reject(row: RejectedRow): RejectedRow {
    this.byCode.set(row.code, (this.byCode.get(row.code) ?? 0) + 1);
    this.report.write(row);
    return row;
  }

  private codes(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.byCode].sort());
  }

  private tell(): void {
    const { readBytes, sizeBytes } = this.bytes;
    const { imported, known, refused } = this.counts;
    const read = sizeBytes === 0 ? 0 : readBytes / sizeBytes;
    const taken = this.cases === 0 ? 0 : Math.min(1, (imported + known + refused) / this.cases);
    // Never backwards: cases that were begun meanwhile would make the bar jump.
    this.done = Math.max(this.done, read * taken);
    this.options.onProgress?.({ ...this.bytes, ...this.counts, done: this.done });
  }
}

const NOTHING: ImportMark = { items: 0, imported: 0, known: 0, refused: 0, rejectedRows: 0, byCode: {} };
