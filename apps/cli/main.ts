import 'reflect-metadata';
import { Command, Option } from 'commander';
import { NOTICE_STATES } from '#notifications';
import { shippedMappings } from '#import/mappings';
import { isStartUpFault, startUpMessage } from '../api/start-up/start-up-faults.js';
import { addBackupCommands } from './backup-commands.js';
import { CliError, withEngine, type Where } from './client.js';
import type { ClockOptions } from './clock.js';
import { addConsumersCommands } from './consumers.js';
import { addCustomers } from './customers.js';
import type { ExplainOptions } from './explain.js';
import type { ImportOptions } from './import.js';
import { addImportsCommands } from './imports.js';
import { addOrganisation } from './organisation.js';
import { addJobsCommands } from './jobs.js';
import type { NotificationOptions } from './notifications.js';
import type { MigrateOptions } from './migrate.js';
import { addMoveCommand } from './move-command.js';
import { addRulesCommands } from './rules-commands.js';
import type { ReplayOptions } from './replay.js';

const program = new Command('redress')
  .description('The event-sourced engine for complaints and service cases, from the terminal.')
  .showHelpAfterError()
  .addHelpText(
    'after',
    `
Commands go to the server at --url, else to the one that runs on the data folder, else they open the folder themselves.
The server itself is started with "npm start".`,
  );

/** Where the engine is: the same for every command that asks one. */
const withWhere = (command: Command): Command =>
  command
    .option('--data <folder>', 'data folder (default: REDRESS_DATA, else ./data)')
    .option('--url <url>', 'a server anywhere')
    .option('--key <key>', 'a key of it (default: REDRESS_ADMIN_KEY)');

// What a command needs is loaded when it is asked for: help and commands to a running server answer at once.
withWhere(program.command('import <file>'))
  .description('Imports the history of cases from a CSV or XES file, plain or gzipped.')
  .requiredOption('--mapping <name|file>', 'how rows become cases: the name of a mapping that ships, or a YAML file')
  .option('--report <file>', 'where rejected rows go (default: <file name>.report.csv in the working folder)')
  .option('--hand-over', 'the engine itself reads the file, and goes on with it whether or not this is watched')
  .addHelpText(
    'after',
    `
Mappings that ship: ${shippedMappings().join(', ')}.
What a mapping of your own may say is in libs/import/mappings/README.md.

Cases come in as their source tells them: what our rules would have forbidden is recorded and flagged, no timer starts
for what is over, and nothing is sent. Running it again adds nothing, whoever runs it; a run that was killed is completed
by running it again. Rows that cannot be taken go into the report with line, code and reason.

Example:
  $ npx redress import incidents.csv --mapping incident-log
  890 cases imported, 0 known already, 0 refused; 0 rows rejected`,
  )
  .action(async (file: string, options: ImportOptions) => {
    const { importFile } = await import('./import.js');
    await importFile(file, options);
  });

withWhere(program.command('replay <case>'))
  .description('Steps through a case, event by event, with what each one changed.')
  .addOption(
    new Option('--by <time>', 'as it became known, or as it happened')
      .choices(['recorded', 'occurred'])
      .default('recorded'),
  )
  .option('--as-of <instant>', 'only what was so at that instant, e.g. 2026-01-05T08:00:00+08:00')
  .option('--all', 'all steps at once')
  .action(async (caseId: string, options: ReplayOptions) => {
    const { replay } = await import('./replay.js');
    await replay(caseId, options);
  });

withWhere(program.command('explain <case> [clock]'))
  .description('Says why a deadline is what it is: what it counts from, each running and paused stretch, the sum.')
  .option('--run <n>', 'which run of the clock (default: every run)')
  .option('--zone <zone>', 'IANA name of the zone that times are shown in', 'Asia/Shanghai')
  .option('--json', 'as the API gives it, for another program')
  .addOption(
    new Option('--by <time>', 'as it became known, or as it happened')
      .choices(['recorded', 'occurred'])
      .default('recorded'),
  )
  .option('--as-of <instant>', 'as it was at that instant, e.g. 2026-01-05T08:00:00+08:00')
  .action(async (caseId: string, clockId: string | undefined, options: ExplainOptions) => {
    const { explain } = await import('./explain.js');
    await explain(caseId, clockId, options);
  });

program
  .command('verify')
  .description('Follows the hash chain of every case and of its rules, and says where it does not hold.')
  .option('--data <folder>', 'data folder (default: REDRESS_DATA, else ./data)')
  .action(async (options: { data?: string }) => {
    const { verify } = await import('./verify.js');
    const { streams, events, customerEvents, ruleEvents, foreign, faults } = await verify(options);
    console.log(
      `${events} events of ${streams} cases, ${customerEvents} of customers, ${ruleEvents} of rules; ${foreign} foreign events; ${faults.length} faults`,
    );
    for (const fault of faults) console.log(fault);
    if (faults.length > 0) process.exitCode = 2;
  });

program
  .command('migrate')
  .description('Brings the database of REDRESS_DATABASE_URL, else the data folder, to the schema of this release.')
  .option('--data <folder>', 'data folder (default: REDRESS_DATA, else ./data)')
  .option('--forget-views', 'drops all views too; the next start makes them anew from the log')
  .addHelpText(
    'after',
    `
The server migrates when it starts; several that start at once wait for one another. This is for those who migrate first,
e.g. in a job before a roll-out. Running it again changes nothing.`,
  )
  .action(async (options: MigrateOptions) => {
    const { migrate } = await import('./migrate.js');
    for (const line of await migrate(options)) console.log(line);
  });

withWhere(program.command('rebuild <view>'))
  .description('Builds a view anew from the log, beside the live one.')
  .action(async (view: string, options: Where) => {
    await withEngine(options, async (client) => {
      await client.rebuild(view);
      console.log(`${view} is being built anew.`);
    });
  });

withWhere(program.command('notifications'))
  .description('Shows who was or is to be told of what, and has what failed for good tried again.')
  .addOption(new Option('--state <state>', 'only those').choices([...NOTICE_STATES, 'dead']))
  .option('--retry [message]', 'try a dead message again, or all that are dead')
  .action(async (options: NotificationOptions) => {
    const { notifications } = await import('./notifications.js');
    await notifications(options);
  });
addJobsCommands(program, withWhere);
addImportsCommands(program, withWhere);
addConsumersCommands(program, withWhere);
addRulesCommands(program, withWhere);
addBackupCommands(program);
addMoveCommand(program);

program
  .command('clock')
  .description(
    'Reckons deadlines: JSON lines in, JSON lines out, e.g. to compare with another system before a migration.',
  )
  .option('--explain', 'with the segments that lead to each answer')
  .addHelpText(
    'after',
    `
A line asks {"calendar", "start", "duration" or "end", "pauses": [[from, to], …]}, where calendar is a name or an object:
  {"zone": "Asia/Shanghai", "week": {"mon": [["09:00", "17:30"]]}, "holidays": ["2026-01-01"], "yearly": ["12-25"],
   "days": {"2026-12-24": [["09:00", "12:00"]]}, "country": "CN"}
Durations: PT8H open time, 2d or 24h around the clock, 3bd working days, 3bd@close, 1mo; with a leading - back in time.

Example:
  $ echo '{"calendar":"china-office","start":"2026-01-05T16:30:00+08:00","duration":"PT2H"}' | npx redress clock
  {"due":"2026-01-06T02:00:00.000Z"}`,
  )
  .action(async (options: ClockOptions) => {
    const { clock } = await import('./clock.js');
    await clock(process.stdin, process.stdout, options);
  });

addOrganisation(program, withWhere);
addCustomers(program, withWhere);

try {
  await program.parseAsync();
} catch (error) {
  const { EventStoreError } = await import('#event-store');
  // What the operator can mend is said without where in our code it arose.
  if (!(error instanceof CliError || error instanceof EventStoreError || isStartUpFault(error))) throw error;
  console.error(startUpMessage(error));
  process.exitCode = 1;
}
