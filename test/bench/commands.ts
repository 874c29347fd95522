import { rmSync } from 'node:fs';
import autocannon from 'autocannon';
import { openEmbeddedEventReader } from '#event-store/embedded';
import { KEY, scratchFolder, startBareServer, startEngine, type Child, type Weight } from './children.js';
import { line, percentile } from './report.js';

/** A complaint as somebody reports it. */
export let complaints = 0;

/** Everybody complains once: thousands of complaints of one person would be found to repeat one another, which costs. */
export function nextBody(): string {
  complaints++;
  return JSON.stringify({
    kind: 'complaint',
    channel: 'phone',
    subject: 'Lift out of order',
    content: 'The lift in building 5 has stood still since Monday and nobody answers the phone. My mother is eighty.',
    complainant: { name: `Wang ${complaints}`, phone: `138${String(complaints).padStart(8, '0')}` },
    category: 'property_management',
  });
}
const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
const CONNECTIONS = 64;
const WARM_UP_S = 4;
const SECONDS = 10;

interface LoadOptions {
  readonly overallRate?: number;
  readonly key?: string;
  readonly connections?: number;
}

export async function load(
  url: string,
  seconds: number,
  { overallRate, key = KEY, connections = CONNECTIONS }: LoadOptions = {},
): Promise<autocannon.Result> {
  const result = await autocannon({
    url: `${url}/cases`,
    method: 'POST',
    headers: { ...HEADERS, authorization: `Bearer ${key}` },
    requests: [{ setupRequest: (request) => ({ ...request, body: nextBody() }) }],
    connections,
    timeout: 60,
    duration: seconds,
    ...(overallRate === undefined ? {} : { overallRate }),
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return result;
}

export async function durablePerSecond(server: Child): Promise<number> {
  await load(server.url, WARM_UP_S);
  const { requests, duration } = await load(server.url, SECONDS);
  return requests.total / duration;
}

export async function inFolder<T>(measure: (folder: string) => Promise<T>): Promise<T> {
  const folder = scratchFolder();
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const withServer = async <T>(starting: Promise<Child>, measure: (server: Child) => Promise<T>): Promise<T> => {
  const server = await starting;
  try {
    return await measure(server);
  } finally {
    await server.stop();
  }
};

/** What one POST /cases writes, read from the log it wrote. */
export async function weightOf(folder: string): Promise<Weight> {
  const reader = await openEmbeddedEventReader({ folder });
  const events = (await reader.readAll({ maxCount: 4000 })).filter(({ stream }) => stream.startsWith('case-'));
  await reader.close();
  const cases = new Set(events.map(({ stream }) => stream)).size;
  const parts = events.reduce(
    (sum, { data }) =>
      sum +
      (Buffer.from(data)
        .toString()
        .match(/"ciphertext"/g)?.length ?? 0),
    0,
  );
  const bytes = (field: 'data' | 'metadata') =>
    Math.round(events.reduce((sum, event) => sum + event[field].length, 0) / events.length);
  return {
    events: Math.round(events.length / cases),
    parts: Math.round(parts / cases),
    dataBytes: bytes('data'),
    metadataBytes: bytes('metadata'),
  };
}

/** Posts one at a time and waits until the board shows it: how far the views are behind, the question itself included. */
async function lagSamples(url: string, until: () => boolean): Promise<number[]> {
  const samples: number[] = [];
  while (!until()) {
    const posted = await fetch(`${url}/cases`, { method: 'POST', headers: HEADERS, body: nextBody() });
    const { position } = (await posted.json()) as { position: string };
    const from = performance.now();
    const read = await fetch(`${url}/counts?atLeast=${position}`, { headers: HEADERS });
    if (!read.ok) throw new Error(`the views did not come: ${read.status}`);
    samples.push(performance.now() - from);
  }
  return samples;
}

/** Durable commands over HTTP, their latency and the lag of the views at half load. */
export async function commands(): Promise<void> {
  const paused = await inFolder((folder) =>
    withServer(startEngine(folder, { REDRESS_PROJECTIONS: 'pause' }), async (server) => {
      const perSecond = await durablePerSecond(server);
      return { perSecond, weight: await weightOf(folder) };
    }),
  );
  const running = await inFolder((folder) => withServer(startEngine(folder), durablePerSecond));
  const full = await inFolder((folder) => withServer(startBareServer(folder, 'full', paused.weight), durablePerSecond));
  const insert = await inFolder((folder) =>
    withServer(startBareServer(folder, 'insert', paused.weight), durablePerSecond),
  );
  const bare = { name: 'bare server: key, encrypt, hash, insert', value: full };
  const { events, parts, dataBytes, metadataBytes } = paused.weight;
  console.log(`one command: ${events} events of ${dataBytes} + ${metadataBytes} bytes, ${parts} sealed parts`);
  console.log(
    line({
      name: 'durable commands, projections paused',
      value: paused.perSecond,
      unit: '/s',
      ceiling: bare,
      aim: { share: 0.7 },
    }),
  );
  console.log(
    line({
      name: 'durable commands, projections running',
      value: running,
      unit: '/s',
      ceiling: bare,
      aim: { share: 0.5 },
    }),
  );
  console.log(
    line({
      name: 'durable commands, projections paused',
      value: paused.perSecond,
      unit: '/s',
      ceiling: { name: 'bare server: insert only', value: insert },
    }),
  );
  await inFolder((folder) => withServer(startEngine(folder), (server) => atHalfLoad(server, running / 2)));
}

async function atHalfLoad(server: Child, rate: number): Promise<void> {
  await load(server.url, WARM_UP_S, { overallRate: rate });
  let loading = true;
  const loaded = load(server.url, SECONDS, { overallRate: rate }).finally(() => (loading = false));
  const [result, lags] = await Promise.all([loaded, lagSamples(server.url, () => !loading)]);
  console.log(
    line({
      name: `latency p99 of a command at ${Math.round(rate)} /s (half load)`,
      value: result.latency.p99,
      unit: 'ms',
    }),
  );
  console.log(
    line({
      name: 'lag of the views p99 at half load, answer included',
      value: percentile(lags, 0.99),
      unit: 'ms',
      aim: { atMost: 100 },
    }),
  );
}
