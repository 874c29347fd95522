import { expect, test } from '@jest/globals';
import { Random } from '../support/random.js';
import { killAgainAndAgain } from './kill.js';

test('issue 8: killed at random moments under load, all that was acknowledged is there once and views equal a rebuild', async () => {
  const seed = Random.newSeed();
  console.log(`kill.test: node dist/test/faults/kill.js --rounds 3 --seed ${seed}`);
  const report = await killAgainAndAgain(3, seed);
  expect(report.faults).toEqual([]);
  expect(report.accepted).toBeGreaterThan(0);
}, 120_000);
