import { Presets, SingleBar } from 'cli-progress';
import { MappingInvalid, loadMapping, runImport, SourceUnreadable, shippedMappings } from '#import';
import { CliError, connect, type Where } from './client.js';

export interface ImportOptions extends Where {
  readonly mapping: string;
  readonly report?: string;
}

const MEBIBYTE = 1024 * 1024;

/** `redress import`: reads the file here, sends cases to the engine, and ends with what became of them. */
export async function importFile(file: string, options: ImportOptions): Promise<void> {
  const client = await connect(options);
  const bar = progressBar();
  const reportFile = options.report ?? `${file}.report.csv`;
  try {
    const summary = await runImport({
      file,
      mapping: loadMapping(options.mapping),
      takenOverAt: await client.now(),
      sink: { importCases: (cases) => client.importCases(cases) },
      reportFile,
      onProgress: (progress) => bar.show(progress),
    });
    bar.stop();
    console.log(
      `${summary.imported} cases imported, ${summary.known} known already, ${summary.refused} refused; ${summary.rejectedRows} rows rejected`,
    );
    for (const [code, times] of Object.entries(summary.byCode)) console.log(`  ${code}: ${times}`);
    if (summary.refused + summary.rejectedRows > 0) console.log(`Each with its line and reason: ${reportFile}`);
  } catch (error) {
    bar.stop();
    throw explained(error);
  } finally {
    await client.close();
  }
}

function explained(error: unknown): unknown {
  if (error instanceof MappingInvalid) {
    return new CliError(`${error.message}\nMappings that ship: ${shippedMappings().join(', ')}`);
  }
  const { code } = error as { code?: string };
  return error instanceof SourceUnreadable || code === 'ENOENT' ? new CliError((error as Error).message) : error;
}

/** A bar where somebody watches, nothing where the output is a file. */
function progressBar() {
  const bar = process.stderr.isTTY
    ? new SingleBar(
        {
          format: '{bar} {percentage}% | {value}/{total} MiB | {imported} imported, {known} known, {rejected} rejected',
          clearOnComplete: false,
        },
        Presets.shades_classic,
      )
    : undefined;
  let started = false;
  return {
    show(progress: {
      readBytes: number;
      sizeBytes: number;
      imported: number;
      known: number;
      rejectedRows: number;
    }): void {
      const [value, total] = [progress.readBytes, progress.sizeBytes].map(
        (bytes) => Math.round((bytes / MEBIBYTE) * 10) / 10,
      );
      const said = { imported: progress.imported, known: progress.known, rejected: progress.rejectedRows };
      if (started) bar?.update(value!, said);
      else bar?.start(total!, value!, said);
      started = true;
    },
    stop: (): void => bar?.stop(),
  };
}
