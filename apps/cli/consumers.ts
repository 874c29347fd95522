import { InvalidArgumentError, Option, type Command } from 'commander';
import { CONSUMER_STRATEGIES } from '#event-store';
import type { GroupOrder, ShownGroup } from '../api/operations/consumer-desk.js';
import { withEngine, type Where } from './client.js';

const shown = (value: number | string | null): string => (value === null ? '?' : String(value));

/** One line: what an operator looks for first. */
function lineOf({ stream, group, consumers, lag, waiting, inFlight, parked, behindSince }: ShownGroup): string {
  const behind = behindSince === null ? '' : `  behind since ${behindSince}`;
  return `${stream}  ${group}  consumers ${consumers}  lag ${shown(lag)}  waiting ${waiting}  in flight ${inFlight}  parked ${parked}${behind}`;
}

const list = (where: Where): Promise<void> =>
  withEngine(where, async (client) => {
    const groups = await client.consumerGroups();
    for (const group of groups) console.log(lineOf(group));
    if (groups.length === 0) console.error('There is no group yet: redress consumers create makes one.');
  });

const show = (stream: string, group: string, where: Where): Promise<void> =>
  withEngine(where, async (client) => {
    const { connections, settings, ...details } = await client.consumerGroup({ stream, group });
    console.log(lineOf(details));
    const { startFrom, read, checkpoint, delivered } = details;
    console.log(`  from ${startFrom}  read ${shown(read)}  checkpoint ${shown(checkpoint)}  delivered ${delivered}`);
    const words = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
    console.log(`  ${words.join('  ')}`);
    for (const { user, connectionName, from, inFlight, freeSlots, delivered: its } of connections) {
      console.log(`  ${user}  ${connectionName}  ${from}  in flight ${inFlight}  room ${freeSlots}  delivered ${its}`);
    }
  });

type CreateOptions = Where & Omit<GroupOrder, 'stream' | 'group'>;

const create = (stream: string, group: string, { url, key, data, ...order }: CreateOptions): Promise<void> =>
  withEngine({ ...(url && { url }), ...(key && { key }), ...(data && { data }) }, async (client) => {
    console.log(lineOf(await client.createConsumerGroup({ ...order, stream, group })));
  });

const replay = (stream: string, group: string, where: Where): Promise<void> =>
  withEngine(where, async (client) => {
    console.log(`${await client.replayParked({ stream, group })} parked events are sent again.`);
  });

const remove = (stream: string, group: string, where: Where): Promise<void> =>
  withEngine(where, async (client) => {
    await client.deleteConsumerGroup({ stream, group });
    console.log(`${group} on ${stream} is deleted, with how far it came and what it parked.`);
  });

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is expected.');
  return Number(text);
}

export function addConsumersCommands(program: Command, withWhere: (command: Command) => Command): void {
  const consumers = program
    .command('consumers')
    .description('Shows the groups by which other services share the log, and sends again what they parked.');
  withWhere(consumers.command('list'))
    .description('Shows all groups: who consumes, what has piled up, what was parked.')
    .action(list);
  withWhere(consumers.command('show <stream> <group>'))
    .description('Shows a group with its settings and who is connected.')
    .action(show);
  withWhere(consumers.command('create <stream> <group>'))
    .description("Makes a group on a stream, or on '$all'.")
    .option('--start-from <place>', "start, end, a revision, or on '$all' a position token", 'start')
    .option('--stream-prefixes <prefixes...>', "on '$all': only streams whose name begins so, e.g. case-")
    .option('--type-prefixes <prefixes...>', "on '$all': only types that begin so, e.g. Case Complaint")
    .option('--message-timeout-ms <ms>', 'what is not acknowledged for so long is sent again', count)
    .option('--max-retry-count <n>', 'what was sent again so often is parked', count)
    .option('--max-subscriber-count <n>', 'how many may consume at once; 0 for any number', count)
    .addOption(new Option('--strategy <name>', 'who gets an event').choices([...CONSUMER_STRATEGIES]))
    .addHelpText(
      'after',
      `
Example, for a service that mirrors cases:
  $ npx redress consumers create '$all' mirror --stream-prefixes case- --strategy Pinned`,
    )
    .action(create);
  withWhere(consumers.command('replay <stream> <group>'))
    .description('Sends what was parked to the consumers again.')
    .action(replay);
  withWhere(consumers.command('delete <stream> <group>'))
    .description('Deletes a group: how far it came and what it parked are forgotten.')
    .action(remove);
}
