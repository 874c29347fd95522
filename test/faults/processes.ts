import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ADMIN_KEY, type EngineProcess } from '../support/engine.js';
import { Random } from '../support/random.js';
import { countRows, dumpViews, partFromRebuild } from '../support/views.js';
import { judgeLog, type Judgement } from './kill/judge.js';
import { Load } from './kill/load.js';
import { deliveryFaults } from './processes/deliveries.js';
import { Fleet } from './processes/fleet.js';
import { handedOver, handOver, importedTwice } from './processes/handed-over.js';
import { outboxFaults } from './processes/outbox.js';
import { settled } from './processes/settled.js';

export interface FleetReport extends Judgement {
  readonly seed: number;
  readonly happened: readonly Fault[];
  readonly answered: number;
  readonly rowsCompared: number;
  readonly mails: number;
}

export const FAULTS = [
  'api killed',
  'worker killed',
  'event store killed',
  'database killed',
  'redis killed',
  'redis emptied',
] as const;
export type Fault = (typeof FAULTS)[number];

const APIS = 2;
const WORKERS = 3;
const WRITERS = 3;
const LEAST_ANSWERS = 5;
const MOST_ANSWERS = 25;
const PATIENCE_MS = 120_000;

/** Who is told of escalations and of deadlines, by mail. */
const POSTS = ['service_centre_head', 'unit_head', 'company_leaders'];
/** How many deliveries a worker process has in hand at a time. */
const DELIVERIES_AT_ONCE = 4;

/**
 * Two API and three worker processes over one log, one database and one Redis, under load. API and worker processes, the event
 * store, PostgreSQL and Redis are killed and started again, and Redis is emptied, one after the other as the seed has it; then it is
 * looked whether all that was answered is so, every view equals a rebuild, an import that was handed
 * over is whole, nothing due is left, and everybody was told once (issue 11).
 * @returns undefined where the machine has no PostgreSQL or no Redis
 */
export async function killProcesses(faults: readonly Fault[], seed: number): Promise<FleetReport | undefined> {
  const random = new Random(seed);
  const fleet = await Fleet.start(APIS, WORKERS);
  if (fleet === undefined) return undefined;
  try {
    const senders = [ADMIN_KEY, await fleet.hire('Wang', 'supervisor', POSTS), await fleet.hire('Zhao', 'agent')];
    const load = new Load(fleet, senders, random.fork());
    const handed = await handOver(fleet);
    await underLoad(fleet, load, faults, random);
    fleet.resume();
    await load.resend();
    const found = await load.repeat(10);
    found.push(...(await handedOver(fleet, handed, PATIENCE_MS)));
    await rebuilt(fleet, 'case-board');
    const { data, stores, services } = fleet;
    const { endpoint } = services;
    await settled(fleet, PATIENCE_MS);
    found.push(...(await outboxFaults(data, stores, PATIENCE_MS)));
    // What nobody had been told of yet is on its way now.
    await settled(fleet, PATIENCE_MS);
    found.push(...(await deliveryFaults(services, mostInHand(faults))), ...ownFaults(fleet.log));
    await Promise.all(fleet.all.map((it) => it.stop()));
    const judgement = await judgeLog(endpoint.folder, load.answers.values(), endpoint.url);
    found.push(...(await importedTwice(fleet, handed)), ...judgement.faults, ...(await partFromRebuild(data, stores)));
    return {
      ...judgement,
      ...{ seed, happened: faults, faults: found, answered: load.answers.size },
      rowsCompared: countRows(await dumpViews(data, stores.REDRESS_DATABASE_URL)),
      mails: services.mail.mails.length,
    };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${fleet.log.slice(-4000)}`, { cause: error });
  } finally {
    await fleet.end();
  }
}

async function underLoad(fleet: Fleet, load: Load, faults: readonly Fault[], random: Random): Promise<void> {
  let waiting: { at: number; reached: () => void } | undefined;
  let answers = 0;
  const working = load.until(WRITERS, (count) => {
    answers = count;
    if (waiting && count >= waiting.at) waiting.reached();
  });
  const more = (): Promise<void> => {
    const at = answers + random.between(LEAST_ANSWERS, MOST_ANSWERS);
    return new Promise((resolve) => (waiting = { at, reached: resolve }));
  };
  const over = working.then(() => {
    throw new Error('the load ended by itself');
  });
  over.catch(() => undefined);
  for (const fault of faults) {
    await Promise.race([more(), over]);
    await Promise.race([happen(fault, fleet, random, more), over]);
  }
  await Promise.race([more(), over]);
  fleet.finish();
  await working;
}

/** Redis is missed by nobody who is answered: it stays away for a while. */
async function happen(fault: Fault, fleet: Fleet, random: Random, more: () => Promise<void>): Promise<void> {
  const { endpoint, postgres, redis } = fleet.services;
  const again = async (engine: EngineProcess): Promise<void> => {
    await engine.kill();
    await engine.run();
  };
  switch (fault) {
    case 'api killed':
      return again(random.pick(fleet.apis));
    case 'worker killed':
      return again(random.pick(fleet.workers));
    case 'event store killed':
      await endpoint.stop('SIGKILL');
      return endpoint.run();
    case 'database killed':
      return postgres.restart();
    case 'redis killed':
      await redis.kill();
      await more();
      return redis.restart();
    case 'redis emptied':
      return fleet.services.emptyRedis();
    default:
      return fault satisfies never;
  }
}

/** Requests that failed by a fault of ours, as the processes have logged them: what is away is answered with 503. */
const ownFaults = (log: string): string[] =>
  log.split('\n').filter((line) => line.includes('"msg":"a request failed"'));

/** How many deliveries the faults can have cut off between the mail server's answer and the ledger. */
const mostInHand = (faults: readonly Fault[]): number =>
  faults.reduce((sum, fault) => sum + (CUTS[fault] ?? 0) * DELIVERIES_AT_ONCE, 0);

/** Whose workers a fault takes away from what they have in hand. */
const CUTS: Partial<Record<Fault, number>> = { 'worker killed': 1, 'database killed': WORKERS };

/** An API asks, a worker rebuilds: until readers see the new generation. */
async function rebuilt(fleet: Fleet, name: string): Promise<void> {
  type View = { name: string; generation: number };
  const generation = async (): Promise<number> =>
    ((await fleet.get('/projections')).body.items as View[]).find((view) => view.name === name)!.generation;
  const before = await generation();
  await fleet.post(`/projections/${name}/rebuild`);
  for (const untilMs = Date.now() + PATIENCE_MS; (await generation()) === before;) {
    if (Date.now() > untilMs) throw new Error(`${name} was not rebuilt`);
  }
}

/** Every kind of fault once a round, in an order that the seed chooses. */
export function drawFaults(random: Random, rounds: number): Fault[] {
  return Array.from({ length: rounds }, () => {
    const bag: Fault[] = [...FAULTS];
    return FAULTS.map(() => bag.splice(random.below(bag.length), 1)[0]!);
  }).flat();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '5' }, seed: { type: 'string' } },
  });
  const seed = values.seed === undefined ? Random.newSeed() : Number(values.seed);
  console.log(`seed ${seed}`);
  const report = await killProcesses(drawFaults(new Random(seed), Number(values.rounds)), seed);
  if (report === undefined) throw new Error('there is no PostgreSQL or no Redis here');
  const { faults, ...figures } = report;
  console.log(JSON.stringify(figures, null, 2));
  console.log(faults.length === 0 ? 'all of it holds' : `${faults.length} faults`, ...faults.slice(0, 50));
  process.exitCode = faults.length === 0 ? 0 : 1;
}
