import { statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { shippedMappings } from '#import/mappings';
import type { ImportAsked, ImportShown } from '../api/import/import-jobs.js';
import { ASK_AGAIN_MS, CliError, withEngine, type Where } from './client.js';
import { textOf } from './given-file.js';
import type { ImportsClient } from './imports-client.js';

/** How an import is told while somebody watches. */
export interface Watching {
  show(shown: ImportShown): void;
}

/** Hands a file with cases over to the engine and watches until it is done. @throws CliError where it was given up */
export async function handOver(
  imports: ImportsClient,
  { file, mapping }: { readonly file: string; readonly mapping: string },
  watching: Watching,
): Promise<ImportShown> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new CliError(`There is no file ${file}.`);
  const how = shippedMappings().includes(mapping) ? { name: mapping } : { text: textOf(mapping) };
  const order: ImportAsked = { what: 'cases', fileName: basename(file), mapping: how };
  const { id } = await imports.handOver(order, file);
  console.log(`Handed over as ${id}: the engine goes on with it whether or not this is watched.`);
  for (;;) {
    const shown = await imports.get(id);
    watching.show(shown);
    if (shown.state === 'done') return shown;
    if (shown.state === 'failed' || shown.state === 'cancelled') throw new CliError(line(shown));
    await delay(ASK_AGAIN_MS);
  }
}

/** Writes down what was rejected, where there is anything. @returns whether there is */
export async function writeReport(imports: ImportsClient, { id, refused, rejectedRows }: ImportShown, file: string) {
  if (refused + rejectedRows === 0) return false;
  writeFileSync(file, await imports.report(id), { mode: 0o600 });
  return true;
}

function line({
  id,
  what,
  state,
  createdAt,
  done,
  imported,
  known,
  refused,
  rejectedRows,
  failure,
}: ImportShown): string {
  const trouble = failure === null ? '' : `  ${failure.code}${failure.detail === null ? '' : `: ${failure.detail}`}`;
  const counts = `${imported} imported, ${known} known, ${refused} refused, ${rejectedRows} rows rejected`;
  return `${createdAt}  ${id}  ${what}  ${state} ${Math.floor(done * 100)} %  ${counts}${trouble}`;
}

const asking = (where: Where, ask: (imports: ImportsClient) => Promise<void>): Promise<void> =>
  withEngine(where, ({ imports }) => ask(imports));

/** `redress imports`: what was handed over, how far it is, and what was rejected. */
export function addImportsCommands(program: Command, withWhere: (command: Command) => Command): void {
  const imports = program.command('imports').description('Shows imports that were handed over to the engine.');
  withWhere(imports.command('list'))
    .description('Shows how far each is, the latest first.')
    .action((where: Where) =>
      asking(where, async (client) => {
        const all = await client.list();
        for (const shown of all) console.log(line(shown));
        if (all.length === 0) console.error('Nothing was handed over: redress import --hand-over does that.');
      }),
    );
  withWhere(imports.command('report <id>'))
    .description('Prints what was rejected so far, with line, code and reason, as CSV.')
    .action((id: string, where: Where) =>
      asking(where, async (client) => void process.stdout.write(await client.report(id))),
    );
  withWhere(imports.command('cancel <id>'))
    .description('Ends an import where it stands; what is on record by now stays.')
    .action((id: string, where: Where) => asking(where, async (client) => console.log(line(await client.cancel(id)))));
}
