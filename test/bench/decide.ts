import { plainToInstance } from 'class-transformer';
import { caseAggregate, caseCommand, type CaseEvent, type CaseState } from '#cases';
import { Draft, emptyHead } from '#execution';
import { isRefusal, newId, plusMs, type Facts, type Instant } from '#kernel';
import { groupPack, type Policy } from '#policy';
import { ACTORS, life, pick } from './life.js';
import { line } from './report.js';

const LIVES = 10_000;
const BETWEEN_MS = 60_000;
const START: Instant = '2026-01-05T01:00:00.000Z';

interface Sent {
  readonly name: string;
  readonly decide: ReturnType<typeof caseCommand>['decide'];
  readonly command: object;
}

const sentIn = (n: number): readonly Sent[] =>
  life(n).map(([name, body]) => {
    const { command, decide } = caseCommand(name as Parameters<typeof caseCommand>[0]);
    return { name, decide, command: plainToInstance(command, body) };
  });

/** What the executor does between loading and sealing: settle, decide, and fold with all that follows. */
function decided(
  state: CaseState,
  revision: number,
  { decide, command, name }: Sent,
  facts: Facts<Policy>,
): Draft<CaseState, CaseEvent, Policy> {
  const origin = { commandId: newId(), digest: '', correlationId: 'bench' };
  const ruling = { pack: 'group', version: '1', policy: facts.policy };
  const head = { ...emptyHead(), revision };
  const draft = new Draft(caseAggregate, 'case-1', { state, head }, origin, facts, {
    first: ruling,
    after: () => ruling,
  });
  draft.settle(facts.at);
  const decision = decide(command, draft.state, facts);
  if (isRefusal(decision)) throw new Error(`${name}: ${JSON.stringify(decision)}`);
  const refusal = draft.decide(decision.events, decision.historical === true);
  if (refusal !== undefined) throw new Error(`${name}: ${JSON.stringify(refusal)}`);
  return draft;
}

/** Lives whole lives; adds what each command took. Milliseconds by the name of the command. */
function lived(lives: readonly (readonly Sent[])[], took: Map<string, number[]>): void {
  const policy = groupPack();
  lives.forEach((sent, n) => {
    let [state, revision, at] = [caseAggregate.initial, -1, START];
    for (const each of sent) {
      at = plusMs(at, BETWEEN_MS);
      const facts = { at, actor: pick(ACTORS, n), policy, newId, newKey: newId };
      const from = performance.now();
      const draft = decided(state, revision, each, facts);
      const samples = took.get(each.name) ?? [];
      took.set(each.name, samples);
      samples.push(performance.now() - from);
      state = draft.state;
      revision += draft.events.length;
    }
  });
}

const meanUs = (samples: readonly number[]): number =>
  (samples.reduce((sum, ms) => sum + ms, 0) / samples.length) * 1000;

/** Decide + fold of the commands of whole lives under the group's pack, what follows by policy included. */
export async function decide(): Promise<void> {
  const lives = Array.from({ length: LIVES }, (_, n) => sentIn(n));
  lived(lives.slice(0, 5_000), new Map());
  const took = new Map<string, number[]>();
  lived(lives, took);
  for (const [name, samples] of took) {
    console.log(line({ name: `decide + fold, ${name}`, value: meanUs(samples), unit: 'µs' }));
  }
  const all = [...took.values()].flat();
  console.log(line({ name: 'decide + fold, mean of all', value: meanUs(all), unit: 'µs', aim: { atMost: 50 } }));
}
