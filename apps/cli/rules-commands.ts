import type { Command } from 'commander';
import type { Where } from './client.js';
import type { PublishOptions } from './rules.js';
import type { WhatIfOptions } from './what-if.js';

const rules = () => import('./rules.js');

/** `redress calendar …` and `redress policy …`: what rules are in force when. */
export function addRulesCommands(program: Command, withWhere: (command: Command) => Command): void {
  const calendar = program.command('calendar').description('Public holidays: what is known, since when.');
  withWhere(calendar.command('publish <file>'))
    .description('Publishes years that a country has announced, from a JSON or YAML file (K-10).')
    .addHelpText(
      'after',
      `
The file says, with dates and stretches of dates, both ends included:
  country: CN
  source: State Council, notice of November 2026
  years: { "2027": { holidays: ["01-01", "02-05/02-12"], workdays: ["01-31"] } }
From then on deadlines are counted by it, and those that were provisional without it are counted again, on record.
A year that is on record with other days is refused, unless the file names it: corrects: ["2027"].`,
    )
    .action(async (file: string, where: Where) => (await rules()).publishCalendar(file, where));
  withWhere(calendar.command('list'))
    .description('Lists the calendars on record, and how far deadlines have been counted again.')
    .action(async (where: Where) => (await rules()).listCalendars(where));

  withWhere(program.command('whatif'))
    .description('Replays history under another pack or calendar, writes nothing, and says what would differ.')
    .requiredOption('--pack <file>', 'the pack, e.g. a changed copy of the one that rules')
    .option('--from <instant>', 'cases recorded from then on')
    .option('--to <instant>', 'cases recorded before then')
    .option('--of <pack>', 'the pack that rules these cases now (default: the one of the same id)')
    .option('--json', 'as the API gives it, for another program')
    .action(async (options: WhatIfOptions) => (await import('./what-if.js')).whatIf(options));

  const policy = program.command('policy').description('Policy packs: check, compare, publish, list.');
  policy
    .command('check <file>')
    .description('Checks a pack and names every fault with file, line and column; needs no engine.')
    .action(async (file: string) => (await rules()).checkPack(file));
  withWhere(policy.command('diff <a> <b>'))
    .description('Says per rule what b rules otherwise than a; each is a file, or pack@version as published.')
    .action(async (a: string, b: string, where: Where) => (await rules()).diffPacks(a, b, where));
  withWhere(policy.command('publish <file>'))
    .description(
      'Announces a version of a pack; it takes effect after the notice that the version in force demands (A-7).',
    )
    .option('--effective <instant>', 'when it takes effect (default: the earliest that is allowed)')
    .action(async (file: string, options: PublishOptions) => (await rules()).publishPack(file, options));
  withWhere(policy.command('list'))
    .description('Lists the packs with their versions: announced, in force, replaced.')
    .action(async (where: Where) => (await rules()).listPacks(where));
}
