import type { Command } from 'commander';
import { withEngine, type Where } from './client.js';
import { textOf } from './given-file.js';

interface ImportOptions extends Where {
  readonly dryRun?: boolean;
}

const ABOUT_FILES = `
The file has a header. Columns: name (needed), key, kind (person, company), phone, second_phone, email, address, room, plate,
reference, unit, consent, tier, quality, special, and one for each milestone of the pack (signed, handed_over), whose days are
those of Asia/Shanghai. Several of quality or special are separated by semicolons:
  key,name,phone,tier,special,signed
  K-17,王芳,13800138000,important,elderly_alone;soldiers_family,2026-01-05
A row is known by its key, else by all that stands in it: running it again adds nothing.`;

/** `redress customers import`. */
export function addCustomers(program: Command, withWhere: (command: Command) => Command): void {
  const customers = program.command('customers').description("The customers' files.");
  withWhere(customers.command('import <file>'))
    .description('Brings customers of a CSV file on record, row by row; ends with 2 where a row is not taken.')
    .option('--dry-run', 'says what would become of each row, and records nothing')
    .addHelpText('after', ABOUT_FILES)
    .action((file: string, options: ImportOptions) => importFile(file, options));
}

async function importFile(file: string, { dryRun = false, ...where }: ImportOptions): Promise<void> {
  const text = textOf(file);
  await withEngine(where, async (engine) => {
    const { rows, recorded, known, rejected } = await engine.importCustomers({ text, dryRun });
    for (const { line, status, code, reason } of rows) {
      if (status === 'rejected') console.log(`line ${line}: ${code ?? ''}: ${reason ?? ''}`);
    }
    console.log(
      `${recorded} customers ${dryRun ? 'would be ' : ''}recorded, ${known} known already, ${rejected} rejected`,
    );
    if (rejected > 0) process.exitCode = 2;
  });
}
