import { expect, test } from '@jest/globals';
import { serviceUrl } from '#testing';
import { Random } from '../support/random.js';
import { drawFaults, killProcesses } from './processes.js';

const services = await Promise.all([serviceUrl('postgres'), serviceUrl('redis')]);
const withServices = services.includes(undefined) ? test.skip : test;

withServices(
  'issue 11: 2 API and 3 worker processes, log, database and Redis killed under load: nothing lost, nothing twice',
  async () => {
    const seed = Random.newSeed();
    console.log(`processes.test: node dist/test/faults/processes.js --rounds 1 --seed ${seed}`);
    const report = await killProcesses(drawFaults(new Random(seed), 1), seed);
    expect(report!.faults).toEqual([]);
    expect(report!.accepted).toBeGreaterThan(0);
  },
  600_000,
);
