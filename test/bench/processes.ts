import { openPostgres } from '#sql';
import { dueBefore, type ViewsSchema } from '#views';
import { Fleet } from '../faults/processes/fleet.js';
import { ADMIN_KEY, type EngineProcess } from '../support/engine.js';
import { startBareServer } from './children.js';
import { durablePerSecond, inFolder, load, nextBody, weightOf, withServer } from './commands.js';
import { DURABLE } from './postgres.js';
import { line } from './report.js';

/** In all, however many APIs share them. */
const CONNECTIONS = 64;
const WARM_UP_S = 4;
const SECONDS = 10;
/** Longer than any first deadline of a complaint. */
const DEADLINES_MS = 60 * 3_600_000;

/**
 * Two API and two worker processes over the EventStoreDB endpoint, PostgreSQL and Redis, each a process of its own, the load from this
 * one: how soon all is well again after each fault, and commands per second by one API and by both.
 */
export async function processes(): Promise<void> {
  const fleet = await Fleet.start(2, 2, DURABLE);
  if (fleet === undefined) return console.log('there is no PostgreSQL or no Redis here: these figures are left out');
  try {
    await recoveries(fleet);
    await throughput(fleet);
  } finally {
    await fleet.end();
  }
}

async function recoveries(fleet: Fleet): Promise<void> {
  const { endpoint, postgres, redis } = fleet.services;
  const [owner, api] = [fleet.workers[0]!, fleet.apis[0]!];
  await sound(fleet);
  // The worker that was started first has all duties, as long as it and the database live.
  await recovery(fleet, 'worker with the duties killed', () => owner.kill(), owner);
  await recovery(fleet, 'an API killed', () => api.kill(), api);
  await recovery(fleet, 'Redis FLUSHALL', () => fleet.services.emptyRedis());
  await recovery(fleet, 'Redis restarted', () => redis.restart());
  await recovery(fleet, 'endpoint restarted', async () => {
    await endpoint.stop('SIGKILL');
    await endpoint.run();
  });
  await recovery(fleet, 'PostgreSQL restarted', () => postgres.restart());
}

/** From the end of the fault; who was killed is started again behind the measurement. */
async function recovery(
  fleet: Fleet,
  fault: string,
  happen: () => Promise<void>,
  killed?: EngineProcess,
): Promise<void> {
  await happen();
  const { command, view, job } = await sound(fleet);
  const name = `${fault}: command ${command.toFixed(2)} s, view ${view.toFixed(2)} s, due job`;
  console.log(line({ name, value: job, unit: 's' }));
  await killed?.run();
  await sound(fleet);
}

/** Seconds until a command is answered, until its view is read through the API, and until what falls due by it is settled. */
async function sound(fleet: Fleet): Promise<{ command: number; view: number; job: number }> {
  const from = performance.now();
  const since = (): number => (performance.now() - from) / 1000;
  const { position } = (await fleet.post('/cases', JSON.parse(nextBody()))).body as { position: string };
  const command = since();
  while ((await fleet.get(`/counts?atLeast=${position}`)).status !== 200);
  const view = since();
  await fleet.post('/test-clock', { advanceMs: DEADLINES_MS });
  const { now } = (await fleet.get('/clock')).body as { now: string };
  const db = openPostgres<ViewsSchema>({ url: fleet.services.postgres.url, connections: 1 });
  try {
    while ((await dueBefore(db, now, 1)).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  } finally {
    await db.destroy();
  }
  return { command, view, job: since() };
}

async function throughput(fleet: Fleet): Promise<void> {
  const perSecond = async (apis: readonly EngineProcess[], seconds: number): Promise<number> => {
    const results = await Promise.all(
      apis.map(({ url }) => load(url, seconds, { key: ADMIN_KEY, connections: CONNECTIONS / apis.length })),
    );
    return results.reduce((sum, { requests, duration }) => sum + requests.total / duration, 0);
  };
  await perSecond(fleet.apis, WARM_UP_S);
  const [one, two] = [await perSecond(fleet.apis.slice(0, 1), SECONDS), await perSecond(fleet.apis, SECONDS)];
  await Promise.all(fleet.all.map((it) => it.stop()));
  const weight = await weightOf(fleet.services.endpoint.folder);
  const bare = await inFolder((folder) => withServer(startBareServer(folder, 'full', weight), durablePerSecond));
  const ceiling = { name: 'bare server, one process: key, encrypt, hash, insert', value: bare };
  const name = 'durable commands over endpoint and PostgreSQL';
  console.log(line({ name: `${name}, 1 API`, value: one, unit: '/s', ceiling }));
  console.log(line({ name: `${name}, 2 APIs`, value: two, unit: '/s', ceiling }));
}
