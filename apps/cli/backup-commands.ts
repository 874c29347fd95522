import { InvalidArgumentError, type Command } from 'commander';
import { resolve } from 'node:path';
import { progressBar } from './backup/progress.js';
import { BackupRefused } from './backup/refusal.js';
import { coded } from './coded.js';

interface BackupOptions {
  readonly data?: string;
  readonly keys?: string;
  readonly keysExpireIn: number;
}

interface RestoreOptions {
  readonly data: string;
  readonly keys?: string;
  readonly ledger?: string;
  readonly withoutLedger?: true;
  readonly masterKey?: string;
}

const days = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('a number of days is needed.');
  return Number(text);
};

const setting = (name: string): string | undefined => process.env[name] || undefined;

export function addBackupCommands(program: Command): void {
  program
    .command('backup <target>')
    .description('Copies all that cannot be made anew into a new folder, beside a running server or without one.')
    .option('--data <folder>', 'data folder (default: REDRESS_DATA, else ./data)')
    .option('--keys <folder>', 'where the keys of personal data go (default: <target>.keys)')
    .option('--keys-expire-in <days>', 'when the keys in this backup must be gone', days, 30)
    .addHelpText(
      'after',
      `
In the target: the log, what is to be sent, people and their keys to the API, attachments, the erasure ledger, and a manifest
with checksums. Apart from it: the keys under which personal words stand, with the day on which they must be deleted; each
backup deletes those of the same log that lie beside its own and have expired. Never in a backup: views, which are built anew,
and the master key. Keep that by itself (REDRESS_MASTER_KEY, or the file master.key of the data folder), and keep a fresh copy of
erasures.jsonl elsewhere: a restore asks for both.

Example:
  $ npx redress backup /backups/2026-11-25`,
    )
    .action(runBackup);

  program
    .command('restore <backup>')
    .description('Makes a data folder out of a backup, checks it, and erases again who was erased since.')
    .requiredOption('--data <folder>', 'a new or empty folder')
    .option('--keys <folder>', 'the keys, of this backup or a later one of the same log (default: <backup>.keys)')
    .option('--ledger <file>', 'erasures.jsonl of the place that was lost, or its data folder')
    .option('--without-ledger', 'it went down with its place: who was erased since the backup is readable again')
    .option('--master-key <file>', 'the master key, which is put into the folder (default: REDRESS_MASTER_KEY)')
    .action(runRestore);
}

async function runBackup(target: string, options: BackupOptions): Promise<void> {
  const folder = options.data ?? setting('REDRESS_DATA') ?? 'data';
  const bar = progressBar();
  const { keys, keysExpireIn: keysExpireInDays } = options;
  const [databaseUrl, eventStoreUrl] = [setting('REDRESS_DATABASE_URL'), setting('EVENTSTOREDB_URL')];
  const order = { folder, target, keysExpireInDays, databaseUrl, eventStoreUrl, onProgress: bar.show };
  const { backUp } = await import('./backup/backup.js');
  const made = backUp({ ...order, ...(keys !== undefined && { keys }) });
  const report = await coded(made).finally(() => bar.stop());
  const { manifest, damaged, deleted } = report;
  console.log(`${manifest.files.length} files up to position ${manifest.log.head} in ${report.target}`);
  console.log(`keys in ${report.keys}, to be deleted by ${report.keysExpireAt}`);
  for (const it of deleted) console.log(`deleted ${it}: its keys have expired`);
  const place = setting('REDRESS_MASTER_KEY') === undefined ? resolve(folder, 'master.key') : 'REDRESS_MASTER_KEY';
  console.log(`The master key is not in it: keep ${place} apart, where it is not lost together with what it opens.`);
  for (const it of damaged) console.log(`ATTACHMENT_ALTERED: ${it} is not what was stored; it was copied as it is`);
  if (damaged.length > 0) process.exitCode = 2;
}

async function runRestore(backup: string, options: RestoreOptions): Promise<void> {
  const { data: folder, keys, ledger, withoutLedger, masterKey: masterKeyFile } = options;
  if ((ledger === undefined) === (withoutLedger === undefined))
    throw new BackupRefused(
      'LEDGER_NEEDED',
      'Say where the erasure ledger of the lost place is (--ledger), or --without-ledger: who was erased after the backup ' +
        'must be erased again.',
    );
  const bar = progressBar();
  const { restore } = await import('./backup/restore.js');
  const { manifest, events, cases, erasedAgain } = await coded(
    restore({
      ...{ backup, folder, ledger: ledger ?? 'none', masterKeyFile, masterKey: setting('REDRESS_MASTER_KEY') },
      ...(keys !== undefined && { keys }),
      onProgress: bar.show,
    }),
  ).finally(() => bar.stop());
  console.log(`${events} events of ${cases} cases in ${folder}; every chain holds`);
  console.log(
    `The log ends where the backup of ${manifest.madeAt} was cut: ${manifest.log.head}. What came after it is lost.`,
  );
  if (erasedAgain.length > 0) console.log(`erased again after the backup: ${erasedAgain.length} cases`);
  if (withoutLedger)
    console.log('No ledger was given: who was erased after the backup is readable again. Erase them again.');
  console.log('Views are built by the next start. Keys of the API that were revoked since work again: GET /keys.');
}
