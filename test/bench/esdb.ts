// The EventStoreDB endpoint beside a bare gRPC server, and the adapter beside the bare client, the client in a process of its own.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { measured, scratchFolder, startBareGrpc, startEndpoint, type Child } from './children.js';
import { line } from './report.js';

const EVENTS = Number(process.env.BENCH_ESDB_EVENTS ?? 200_000);
/** Turn by turn, so that what else the machine does falls on all alike; the best turn counts. */
const TURNS = 3;

interface Measure {
  readonly name: string;
  readonly measure: string;
  readonly count: number;
  /** What the real server gave the same client on two cores (EVENT_STORE.md). */
  readonly real: string;
  readonly endpointAim?: { readonly share: number };
}

const MEASURES: readonly Measure[] = [
  { name: 'read of $all', measure: 'readAll', count: EVENTS, real: '50 to 84 thousand', endpointAim: { share: 0.8 } },
  { name: 'subscription', measure: 'subscribe', count: EVENTS, real: '60 to 90 thousand', endpointAim: { share: 0.8 } },
  {
    name: 'streams of 200',
    measure: 'readStreams',
    count: EVENTS / 2,
    real: '42 to 60 thousand',
    endpointAim: { share: 0.8 },
  },
  { name: 'appends one by one', measure: 'appendSequential', count: 2_000, real: '0.8 to 4.5 thousand' },
  { name: 'appends, 64 in flight', measure: 'appendInFlight', count: 20_000, real: '10 to 20 thousand' },
  { name: 'appends in batches of 500', measure: 'appendBatches', count: 50_000, real: '35 to 42 thousand' },
];

/** Processor time of the server per event it reads out: does not depend on what else the machine does. Microseconds. */
async function cpuPerEvent(server: Child): Promise<number> {
  const before = server.cpuMs() ?? NaN;
  await measured('test/bench/esdb-client.js', [server.url, 'bare', 'readAll', String(EVENTS)]);
  return (((server.cpuMs() ?? NaN) - before) / (EVENTS + WARM_UP)) * 1000;
}

/** What the client reads before it measures. */
const WARM_UP = 10_000;

async function perSecond(server: Child, who: 'bare' | 'adapter', { measure, count }: Measure): Promise<number> {
  const result = await measured<{ perSecond: number }>('test/bench/esdb-client.js', [
    server.url,
    who,
    measure,
    String(count),
  ]);
  return result.perSecond;
}

export async function esdb(): Promise<void> {
  const folder = scratchFolder();
  await measured('test/bench/esdb-dataset.js', [folder, String(EVENTS)]);
  const endpoint = await startEndpoint(folder);
  const bare = await startBareGrpc(join(folder, 'messages.bin'));
  const bareCpu = await cpuPerEvent(bare);
  console.log(
    line({
      name: 'endpoint, processor time per event read from $all',
      value: await cpuPerEvent(endpoint),
      unit: 'µs',
      ceiling: { name: 'bare grpc-js server with ready messages', value: bareCpu },
    }),
  );
  for (const measure of MEASURES) {
    const best = { bareServer: 0, endpoint: 0, adapter: 0 };
    for (let turn = 0; turn < TURNS; turn++) {
      best.bareServer = Math.max(best.bareServer, await perSecond(bare, 'bare', measure));
      best.endpoint = Math.max(best.endpoint, await perSecond(endpoint, 'bare', measure));
      best.adapter = Math.max(best.adapter, await perSecond(endpoint, 'adapter', measure));
    }
    const { name, real, endpointAim } = measure;
    console.log(
      line({
        name: `endpoint, ${name} (real server: ${real})`,
        value: best.endpoint,
        unit: 'events/s',
        ceiling: { name: 'bare grpc-js server with ready messages', value: best.bareServer },
        ...(endpointAim && { aim: endpointAim }),
      }),
    );
    console.log(
      line({
        name: `adapter, ${name}`,
        value: best.adapter,
        unit: 'events/s',
        ceiling: { name: 'bare client on the same endpoint', value: best.endpoint },
        aim: { share: 0.9 },
      }),
    );
  }
  await bare.stop();
  await endpoint.stop();
  rmSync(folder, { recursive: true, force: true });
}
