import { basename } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import { MappingInvalid, loadMapping, runImport, SourceUnreadable, type ImportMark } from '#import';
import { CliError, withEngine, type Where } from './client.js';
import { handOver, writeReport } from './imports.js';

type Counted = Omit<ImportMark, 'items'>;
/** What a bar shows. */
type Shown = Omit<Counted, 'byCode'> & { readonly done: number };

export interface ImportOptions extends Where {
  readonly mapping: string;
  readonly report?: string;
  /** The engine reads the file, and goes on where it stood when a process of it ends. */
  readonly handOver?: boolean;
}

/** Where rejected rows go: into the working folder, because the one with the source may not be ours to write into. */
export const reportFileFor = (file: string): string => `${basename(file)}.report.csv`;

/** `redress import`: reads the file here, sends cases to the engine, and ends with what became of them. */
export async function importFile(file: string, options: ImportOptions): Promise<void> {
  const reportFile = options.report ?? reportFileFor(file);
  const bar = progressBar();
  try {
    // Before the engine is opened: a typing error makes no data folder.
    const mapping = loadMapping(options.mapping);
    await withEngine(options, async (client) => {
      if (options.handOver === true) {
        const shown = await handOver(client.imports, { file, mapping: options.mapping }, bar);
        bar.stop();
        tellSum(shown);
        if (await writeReport(client.imports, shown, reportFile)) tellReport(reportFile);
        return;
      }
      const summary = await runImport({
        file,
        mapping,
        takenOverAt: await client.now(),
        sink: { importCases: (cases) => client.importCases(cases) },
        reportFile,
        onProgress: (progress) => bar.show(progress),
      });
      bar.stop();
      tellSum(summary);
      if (summary.refused + summary.rejectedRows > 0) tellReport(reportFile);
    });
  } catch (error) {
    bar.stop();
    throw explained(error, bar.last());
  }
}

function tellSum({ imported, known, refused, rejectedRows, byCode }: Counted): void {
  console.log(`${imported} cases imported, ${known} known already, ${refused} refused; ${rejectedRows} rows rejected`);
  for (const [code, times] of Object.entries(byCode)) console.log(`  ${code}: ${times}`);
}

const tellReport = (file: string): void => console.log(`Each with its line and reason: ${file}`);

function explained(error: unknown, reached: Shown | undefined): unknown {
  const isExpected =
    error instanceof CliError ||
    error instanceof MappingInvalid ||
    error instanceof SourceUnreadable ||
    isOfFile(error);
  if (!isExpected) return error;
  const { message } = error as Error;
  const done = (reached?.imported ?? 0) + (reached?.known ?? 0);
  if (done === 0) return new CliError(message);
  return new CliError(`${message}\n${done} cases are there already; run it again and the rest follows, nothing twice.`);
}

/** The report cannot be written, or the mapping not read. */
const isOfFile = (error: unknown): boolean =>
  ['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'EROFS'].includes((error as { code?: string }).code ?? '');

/** A bar where somebody watches, nothing where the output is a file. */
function progressBar() {
  const bar = process.stderr.isTTY
    ? new SingleBar(
        {
          format:
            '{bar} {percentage}% | {imported} imported, {known} known, {rejected} rejected | {duration_formatted}',
          clearOnComplete: false,
        },
        Presets.shades_classic,
      )
    : undefined;
  let reached: Shown | undefined;
  return {
    show(progress: Shown): void {
      const { imported, known, refused, rejectedRows } = progress;
      const percent = Math.floor(progress.done * 100);
      const said = { imported, known, rejected: refused + rejectedRows };
      if (reached === undefined) bar?.start(100, percent, said);
      else bar?.update(percent, said);
      reached = progress;
    },
    stop: (): void => bar?.stop(),
    last: (): Shown | undefined => reached,
  };
}
