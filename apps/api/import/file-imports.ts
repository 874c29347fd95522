import { caseAggregate, caseStream } from '#cases';
import { customerAggregate, customerStream } from '#customers';
import {
  BATCHES_IN_FLIGHT,
  openSource,
  runImport,
  type GivenFile,
  type ImportMark,
  type Mapping,
  type RejectedRow,
} from '#import';
import { decodeEvent, type Actor, type Instant } from '#kernel';
import { customerRows, type CustomerRowResult } from '../customers/import-customers.js';
import type { Engine } from '../engine/engine.js';

/** A file that is imported, from where an earlier run of the same import stood. */
export interface FileImport {
  readonly engine: Engine;
  readonly file: GivenFile;
  readonly actor: Actor;
  /** What the import is known by in the log. */
  readonly correlationId: string;
  readonly from: ImportMark;
  /** Whether an earlier run may have written more than it could say. */
  readonly isResumed: boolean;
  /** What is durable by now, what was rejected since the last time, and how much of the file that is. */
  readonly onMark: (mark: ImportMark, rejected: readonly RejectedRow[], done: number) => Promise<void>;
}

/** What is refused only now: the import waits and goes on, instead of leaving cases out. */
const PASSING = ['CLOCK_JUMPED', 'CONFLICT'];

class NotNow extends Error {
  constructor(readonly code: string) {
    super('The engine takes no commands at present.');
  }
}

interface Outcome {
  readonly status: string;
  readonly code?: string;
}

function mayPass({ code }: Outcome): void {
  if (code !== undefined && PASSING.includes(code)) throw new NotNow(code);
}

/** @throws SourceUnreadable; NotNow and whatever the store throws, after which it is run again */
export async function importCaseFile(run: FileImport, mapping: Mapping, takenOverAt: Instant): Promise<void> {
  const { engine, file, actor, correlationId, from } = run;
  let done = 0;
  let unsure = run.isResumed ? BATCHES_IN_FLIGHT : 0;
  const importCases = async (cases: readonly unknown[]) => {
    const results = await engine.imports.importCases(cases, actor, correlationId);
    results.forEach(mayPass);
    if (unsure-- <= 0) return results;
    return Promise.all(results.map((it) => ofThisImport(run, it, 'imported', it.caseId && caseStream(it.caseId))));
  };
  await runImport({
    ...{ file, mapping, takenOverAt, from, sink: { importCases } },
    onProgress: (progress) => (done = progress.done),
    onMark: (mark, rejected) => run.onMark(mark, rejected, done),
  });
}

/** Customers of a CSV file. @throws as `importCaseFile` */
export async function importCustomerFile(run: FileImport): Promise<void> {
  const { engine, file, actor, correlationId, from } = run;
  const { text, readBytes, sizeBytes } = await openSource(file, 'utf-8');
  let unsure = run.isResumed;
  let mark = from;
  for await (const rows of customerRows(text, { engine, dryRun: false, actor, correlationId, skip: from.items })) {
    rows.forEach(mayPass);
    const told = unsure
      ? await Promise.all(
          rows.map((it) => ofThisImport(run, it, 'recorded', it.customerId && customerStream(it.customerId))),
        )
      : rows;
    unsure = false;
    mark = markAfter(mark, told);
    await run.onMark(mark, told.flatMap(rejectedOf), sizeBytes === 0 ? 1 : readBytes() / sizeBytes);
  }
}

function markAfter(mark: ImportMark, rows: readonly CustomerRowResult[]): ImportMark {
  const count = (status: CustomerRowResult['status']): number => rows.filter((row) => row.status === status).length;
  const byCode: Record<string, number> = { ...mark.byCode };
  for (const { code } of rows.flatMap(rejectedOf)) byCode[code] = (byCode[code] ?? 0) + 1;
  return {
    ...{ items: mark.items + rows.length, imported: mark.imported + count('recorded') },
    ...{ known: mark.known + count('known'), refused: mark.refused },
    ...{ rejectedRows: mark.rejectedRows + count('rejected'), byCode },
  };
}

const rejectedOf = ({ status, line, code = 'REFUSED', reason = '' }: CustomerRowResult): RejectedRow[] =>
  status === 'rejected' ? [{ line, code, reason }] : [];

/** What was on record behind the mark of a run that ended may be what that run itself wrote: then it is no news that it is known. */
async function ofThisImport<T extends Outcome>(
  { engine, correlationId }: FileImport,
  outcome: T,
  status: T['status'],
  stream: string | undefined,
): Promise<T> {
  if (outcome.status !== 'known' || stream === undefined) return outcome;
  const [first] = await engine.store.readStream(stream, { maxCount: 1 });
  const { upcasts } = stream.startsWith(customerStream('')) ? customerAggregate : caseAggregate;
  const isOurs = first !== undefined && decodeEvent(first, upcasts)?.meta.correlationId === correlationId;
  return isOurs ? { ...outcome, status } : outcome;
}
