import type { HistoricalCase, RejectedRow } from './historical-case.js';
import { readHistory, type ReadHistoryOptions } from './read-history.js';
import { RejectionReport } from './rejection-report.js';

const BATCH_CASES = 100;
/** Well below the body limit of the API; a case of its own may be larger. */
const BATCH_CHARACTERS = 400_000;
const BATCHES_IN_FLIGHT = 2;

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

export interface RunImportOptions extends Omit<ReadHistoryOptions, 'onProgress'> {
  readonly sink: ImportSink;
  /** Rejected rows and refused cases as CSV; made with the first of them. */
  readonly reportFile?: string;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportSummary extends ImportProgress {
  /** Codes of rejected rows and refused cases, with how often. */
  readonly byCode: Readonly<Record<string, number>>;
}

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
      if (item.kind === 'case') await run.send(item.case, item.line);
      else run.reject(item.rejected);
    }
    await run.finish();
  } finally {
    run.close();
  }
  return run.summary();
}

interface Waiting {
  readonly case: HistoricalCase;
  readonly line: number;
}

class ImportRun {
  private readonly report: RejectionReport;
  private readonly byCode = new Map<string, number>();
  private readonly inFlight = new Set<Promise<void>>();
  private readonly counts = { imported: 0, known: 0, refused: 0, rejectedRows: 0 };
  private bytes = { readBytes: 0, sizeBytes: 0 };
  private cases = 0;
  private done = 0;
  private batch: Waiting[] = [];
  private characters = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly options: RunImportOptions) {
    this.report = new RejectionReport(options.reportFile);
  }

  noteRead(readBytes: number, sizeBytes: number, cases: number): void {
    [this.bytes, this.cases] = [{ readBytes, sizeBytes }, cases];
    this.tell();
  }

  async send(historical: HistoricalCase, line: number): Promise<void> {
    this.batch.push({ case: historical, line });
    this.characters += JSON.stringify(historical).length;
    if (this.batch.length >= BATCH_CASES || this.characters >= BATCH_CHARACTERS) await this.dispatch();
  }

  reject(row: RejectedRow): void {
    this.counts.rejectedRows++;
    this.count(row.code);
    this.report.write(row);
  }

  async finish(): Promise<void> {
    await this.dispatch();
    await Promise.all(this.inFlight);
    if (this.failure) throw this.failure.error;
    this.done = 1;
    this.tell();
  }

  close(): void {
    this.report.close();
  }

  summary(): ImportSummary {
    return { ...this.bytes, ...this.counts, done: this.done, byCode: Object.fromEntries([...this.byCode].sort()) };
  }

  private async dispatch(): Promise<void> {
    while (this.inFlight.size >= BATCHES_IN_FLIGHT) await Promise.race(this.inFlight);
    if (this.failure) throw this.failure.error;
    const batch = this.batch;
    [this.batch, this.characters] = [[], 0];
    if (batch.length === 0) return;
    const sending: Promise<void> = this.deliver(batch)
      .catch((error: unknown) => void (this.failure ??= { error }))
      .finally(() => this.inFlight.delete(sending));
    this.inFlight.add(sending);
  }

  private async deliver(batch: readonly Waiting[]): Promise<void> {
    const results = await this.options.sink.importCases(batch.map((waiting) => waiting.case));
    if (results.length !== batch.length)
      throw new Error(`${batch.length} cases were sent but ${results.length} answered`);
    results.forEach((result, at) => this.note(result, batch[at]!));
    this.tell();
  }

  private note(result: ImportResult, { case: { sourceKey: key }, line }: Waiting): void {
    this.counts[result.status]++;
    if (result.status !== 'refused') return;
    const code = result.code ?? 'REFUSED';
    this.count(code);
    this.report.write({ line, code, reason: result.detail ?? 'The engine refused the case.', key });
  }

  private count(code: string): void {
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1);
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
