import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openSql } from '#sql';
import { dueBefore, type ViewsSchema } from '#views';
import { ADMIN_KEY, type EngineProcess } from '../support/engine.js';
import { Random } from '../support/random.js';
import { countRows, dumpViews, partFromRebuild } from '../support/views.js';
import { judgeLog, type Judgement } from './kill/judge.js';
import { Load } from './kill/load.js';
import { Fleet } from './processes/fleet.js';
import { handedOver, handOver, importedTwice } from './processes/handed-over.js';
import { outboxFaults } from './processes/outbox.js';

export interface FleetReport extends Judgement {
  readonly seed: number;
  readonly happened: readonly Fault[];
  readonly answered: number;
  readonly rowsCompared: number;
}

export const FAULTS = ['api killed', 'worker killed', 'event store killed', 'database killed'] as const;
export type Fault = (typeof FAULTS)[number];

const APIS = 2;
const WORKERS = 3;
const WRITERS = 4;
const LEAST_ANSWERS = 10;
const MOST_ANSWERS = 40;
const PATIENCE_MS = 120_000;

/**
 * Two API and three worker processes over one log and one database, under load. API and worker processes, the event store and
 * PostgreSQL are killed and started again, one after the other as the seed has it; then it is looked whether all that was answered is so,
 * every view equals a rebuild, an import that was handed over is whole, nothing due is left, and everybody was told once (issue 11).
 * @returns undefined where the machine has no PostgreSQL
 */
export async function killProcesses(faults: readonly Fault[], seed: number): Promise<FleetReport | undefined> {
  const random = new Random(seed);
  const fleet = await Fleet.start(APIS, WORKERS);
  if (fleet === undefined) return undefined;
  try {
    const hire = async (name: string, role: string): Promise<string> => {
      const person = await fleet.post('/people', { kind: 'person', name });
      return (await fleet.post('/keys', { personId: person.body.id, role, label: name })).body.key as string;
    };
    const senders = [ADMIN_KEY, await hire('Wang', 'supervisor'), await hire('Zhao', 'agent')];
    const load = new Load(fleet, senders, random.fork());
    const importId = await handOver(fleet);
    await underLoad(fleet, load, faults, random);
    fleet.resume();
    await load.resend();
    const found = await load.repeat(10);
    found.push(...(await handedOver(fleet, importId, PATIENCE_MS)));
    await rebuilt(fleet, 'case-board');
    await settled(fleet);
    const { folder, stores, endpoint } = fleet;
    found.push(...(await outboxFaults(folder, stores, PATIENCE_MS)));
    await Promise.all(fleet.all.map((it) => it.stop()));
    const judgement = await judgeLog(endpoint.folder, load.answers.values(), endpoint.url);
    found.push(
      ...(await importedTwice(fleet, importId)),
      ...judgement.faults,
      ...(await partFromRebuild(folder, stores)),
    );
    return {
      ...judgement,
      ...{ seed, happened: faults, faults: found, answered: load.answers.size },
      rowsCompared: countRows(await dumpViews(folder, stores.REDRESS_DATABASE_URL)),
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
    await Promise.race([happen(fault, fleet, random), over]);
  }
  await Promise.race([more(), over]);
  fleet.finish();
  await working;
}

async function happen(fault: Fault, fleet: Fleet, random: Random): Promise<void> {
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
      await fleet.endpoint.stop('SIGKILL');
      return fleet.endpoint.run();
    case 'database killed':
      return fleet.postgres.restart();
    default:
      return fault satisfies never;
  }
}

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

/** Until the views have seen everything, and nothing is due any more. Time goes on meanwhile: what failed is tried again after a rest. */
async function settled(fleet: Fleet): Promise<void> {
  const db = openSql<ViewsSchema>({ url: fleet.postgres.url }, { readonly: true });
  try {
    for (const untilMs = Date.now() + PATIENCE_MS; ;) {
      await fleet.post('/test-clock', { advanceMs: 1_000 });
      const head = (await fleet.get('/events?after=head')).body.next as string;
      const { status } = await fleet.get(`/counts?atLeast=${head}`);
      const { now } = (await fleet.get('/clock')).body as { now: string };
      const due = await dueBefore(db, now, 1);
      const same = ((await fleet.get('/events?after=head')).body.next as string) === head;
      if (status === 200 && due.length === 0 && same) return;
      if (Date.now() > untilMs) throw new Error(`not settled: views ${status}, due ${JSON.stringify(due)} at ${now}`);
    }
  } finally {
    await db.destroy();
  }
}

/** Every kind of fault in an order that the seed chooses, so often. */
export function drawFaults(random: Random, count: number): Fault[] {
  const bag: Fault[] = [];
  const drawn: Fault[] = [];
  while (drawn.length < count) {
    if (bag.length === 0) bag.push(...FAULTS);
    drawn.push(...bag.splice(random.below(bag.length), 1));
  }
  return drawn;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { faults: { type: 'string', default: '20' }, seed: { type: 'string' } },
  });
  const seed = values.seed === undefined ? Random.newSeed() : Number(values.seed);
  console.log(`seed ${seed}`);
  const report = await killProcesses(drawFaults(new Random(seed), Number(values.faults)), seed);
  if (report === undefined) throw new Error('there is no PostgreSQL here');
  const { faults, ...figures } = report;
  console.log(JSON.stringify(figures, null, 2));
  console.log(faults.length === 0 ? 'all of it holds' : `${faults.length} faults`, ...faults.slice(0, 50));
  process.exitCode = faults.length === 0 ? 0 : 1;
}
