import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ADMIN_KEY, EngineProcess } from '../support/engine.js';
import { Random } from '../support/random.js';
import { countRows, dumpViews, partFromRebuild } from '../support/views.js';
import { judgeLog, type Judgement } from './kill/judge.js';
import { Load } from './kill/load.js';

export interface KillReport extends Judgement {
  readonly seed: number;
  readonly rounds: number;
  /** Kills that came while the engine was still starting. */
  readonly killedStarting: number;
  readonly killedRebuilding: number;
  readonly answered: number;
  readonly resent: number;
  /** Of those sent again: written before the kill, and recognised. */
  readonly resentWritten: number;
  readonly rowsCompared: number;
}

const WRITERS = 8;
const MOST_ANSWERS = 400;
const MOST_DELAY_MS = 25;
const MOST_START_MS = 1200;
const REPEATED_PER_ROUND = 5;

/**
 * Kills the engine under load, again and again, and then looks whether all that was answered is so (issue 8). A killed
 * process proves nothing about fsync; that is what fsync.ts is for.
 */
export async function killAgainAndAgain(rounds: number, seed: number): Promise<KillReport> {
  const random = new Random(seed);
  const engine = await EngineProcess.start({ REDRESS_TEST_CLOCK: '2026-01-05T01:00:00Z', REDRESS_LOG_LEVEL: 'error' });
  const faults: string[] = [];
  const tally = { killedStarting: 0, killedRebuilding: 0, resent: 0, resentWritten: 0 };
  try {
    const senders = [ADMIN_KEY, await engine.hire('Wang', 'supervisor'), await engine.hire('Zhao', 'agent')];
    const load = new Load(engine, senders, random.fork());
    for (let round = 1; round <= rounds; round++) {
      if (random.chance(0.2)) {
        await engine.post('/projections/case-board/rebuild');
        tally.killedRebuilding++;
      }
      await killUnderLoad(engine, load, random);
      if (random.chance(0.2)) {
        await killStarting(engine, random.below(MOST_START_MS));
        tally.killedStarting++;
      }
      await engine.run();
      const { resent, written } = await load.resend();
      tally.resent += resent;
      tally.resentWritten += written;
      faults.push(...(await load.repeat(REPEATED_PER_ROUND)));
    }
    await engine.settled();
    await engine.kill();
    const judgement = await judgeLog(engine.folder, load.answers.values());
    faults.push(...judgement.faults, ...(await partFromRebuild(engine.folder)));
    const answered = load.answers.size;
    return {
      ...judgement,
      ...tally,
      seed,
      rounds,
      answered,
      rowsCompared: countRows(await dumpViews(engine.folder)),
      faults,
    };
  } finally {
    await engine.end();
  }
}

/** The moment is drawn: so many answers, and then up to some milliseconds more. */
async function killUnderLoad(engine: EngineProcess, load: Load, random: Random): Promise<void> {
  const answers = random.between(1, MOST_ANSWERS);
  const delayMs = random.next() * MOST_DELAY_MS;
  let killed: Promise<void> | undefined;
  await load.until(WRITERS, (count) => {
    if (count === answers) killed = new Promise((resolve) => setTimeout(() => resolve(engine.kill()), delayMs));
  });
  await killed;
}

async function killStarting(engine: EngineProcess, afterMs: number): Promise<void> {
  const child = engine.spawn();
  child.stdout!.resume();
  await Promise.race([once(child, 'exit'), new Promise((resolve) => setTimeout(resolve, afterMs))]);
  await engine.kill();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '50' }, seed: { type: 'string' } },
  });
  const seed = values.seed === undefined ? Random.newSeed() : Number(values.seed);
  console.log(`seed ${seed}`);
  const { faults, ...figures } = await killAgainAndAgain(Number(values.rounds), seed);
  console.log(JSON.stringify(figures, null, 2));
  console.log(faults.length === 0 ? 'all of it holds' : `${faults.length} faults`, ...faults.slice(0, 50));
  process.exitCode = faults.length === 0 ? 0 : 1;
}
