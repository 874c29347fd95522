import type { Command } from 'commander';
import { resolve } from 'node:path';
import { CliError } from './client.js';
import { coded } from './coded.js';
import { progressBar } from './backup/progress.js';
import type { MoveOrder } from './move/move.js';

interface MoveOptions {
  readonly to?: string;
  readonly from?: string;
  readonly data?: string;
}

const setting = (name: string): string | undefined => process.env[name] || undefined;

export function addMoveCommand(program: Command): void {
  program
    .command('move')
    .description('Takes the log of a data folder to EventStoreDB, or back, with keys and what is still to be sent.')
    .option('--to <url>', 'esdb://…: an EventStoreDB that holds nothing yet')
    .option('--from <url>', 'esdb://…: the EventStoreDB whose log comes back, into a data folder without a log')
    .option('--data <folder>', 'data folder (default: REDRESS_DATA, else ./data)')
    .addHelpText(
      'after',
      `
No server may run meanwhile. Events keep their ids, bytes, revisions and order; all of them are compared at the end, and every chain
is followed. Killed at any point, it goes on when it is run again. REDRESS_DATABASE_URL names the PostgreSQL that keeps keys, people, views
and what is to be sent where the log is EventStoreDB's. Attachments and the erasure ledger stay in the data folder; position tokens of the old log
go on in the new one; persistent subscriptions must be made again.

Example:
  $ REDRESS_DATABASE_URL=postgres://… npx redress move --to esdb://localhost:2113?tls=false`,
    )
    .action(run);
}

async function run({ to, from, data }: MoveOptions): Promise<void> {
  const url = to ?? from;
  if (url === undefined || (to !== undefined && from !== undefined))
    throw new CliError('Say --to or --from, one of them.');
  const databaseUrl = setting('REDRESS_DATABASE_URL');
  if (databaseUrl === undefined)
    throw new CliError('DATABASE_NEEDED: REDRESS_DATABASE_URL must name the PostgreSQL that goes with EventStoreDB.');
  const folder = resolve(data ?? setting('REDRESS_DATA') ?? 'data');
  const bar = progressBar();
  const order: MoveOrder = {
    ...{ folder, databaseUrl, eventStoreUrl: url, masterKey: setting('REDRESS_MASTER_KEY') },
    onProgress: (what, events) => bar.show(`${what}: ${events} events`, 0),
  };
  // Its libraries are loaded only where they are wanted.
  const { moveFromEventStoreDb, moveToEventStoreDb } = await import('./move/move.js');
  const move = to === undefined ? moveFromEventStoreDb : moveToEventStoreDb;
  const { events, resumedAt, keys, jobs, report } = await coded(move(order)).finally(() => bar.stop());
  if (resumedAt > 0) console.log(`${resumedAt} events were there already`);
  console.log(`${events} events moved and compared; ${keys} keys, ${jobs} jobs`);
  console.log(`${report.streams} cases followed by their chains, ${report.faults.length} faults`);
  for (const fault of report.faults) console.log(fault);
  console.log(
    to === undefined
      ? `Start without EVENTSTOREDB_URL, with REDRESS_DATA=${folder}. Views are built by the next start.`
      : `Start with EVENTSTOREDB_URL and REDRESS_DATABASE_URL. The old log is ${folder}/log.db.moved; views are built by the next start.`,
  );
}
