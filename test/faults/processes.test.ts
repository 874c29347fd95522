import { expect, test } from '@jest/globals';
import { serviceUrl } from '#testing';
import { Random } from '../support/random.js';
import { FAULTS, drawFaults, killProcesses } from './processes.js';

const onPostgres = (await serviceUrl('postgres')) === undefined ? test.skip : test;

onPostgres(
  'issue 11: 2 API and 3 worker processes, log and database killed under load: nothing lost, nothing twice',
  async () => {
    const seed = Random.newSeed();
    console.log(`processes.test: node dist/test/faults/processes.js --faults ${FAULTS.length} --seed ${seed}`);
    const report = await killProcesses(drawFaults(new Random(seed), FAULTS.length), seed);
    expect(report!.faults).toEqual([]);
    expect(report!.accepted).toBeGreaterThan(0);
  },
  600_000,
);
