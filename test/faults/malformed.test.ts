import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EngineProcess } from '../support/engine.js';
import { Random } from '../support/random.js';
import { Values } from './malformed/bodies.js';
import { MalformedRequests, type Target } from './malformed/requests.js';
import { exchange, type Wired, type WireAnswer } from './malformed/wire.js';

const REQUESTS = 10_000;
const AT_ONCE = 16;

let engine: EngineProcess;
beforeAll(async () => {
  // The test clock has a route that real time does not have.
  engine = await EngineProcess.start({ REDRESS_LOG_LEVEL: 'warn', REDRESS_TEST_CLOCK: '1' });
});
afterAll(() => engine.end());

async function target(): Promise<Target> {
  const { body } = await engine.get('/openapi.json');
  const received = await engine.post('/cases', { kind: 'complaint', channel: 'phone', content: 'x' });
  return {
    paths: body.paths,
    schemas: body.components.schemas,
    caseId: received.body.caseId,
    host: new URL(engine.url).host,
  };
}

/** Node itself refuses these with a bare status before anything of ours is asked. */
const REFUSED_BY_NODE = ['no host', 'unmet expectation'];

/** What is wrong with an answer; nothing where it is a problem as it must be. */
function faultOf({ cut, flaw }: Wired, answer: WireAnswer | undefined): string | undefined {
  // Who hangs up in the middle of a request may find nobody to answer to.
  if (answer === undefined) return cut ? undefined : 'closed without an answer';
  const { status, contentType, body } = answer;
  if (status < 400 || status > 499) return `answered ${status}`;
  if (REFUSED_BY_NODE.includes(flaw)) return undefined;
  if (!contentType.startsWith('application/problem+json')) return `answered as ${contentType}`;
  const problem = JSON.parse(body) as { code?: unknown; status?: unknown };
  const isWhole = typeof problem.code === 'string' && /^[A-Z_]+$/.test(problem.code) && problem.status === status;
  return isWhole ? undefined : 'answered with a problem that lacks code or status';
}

test(`issue 8: ${REQUESTS} malformed requests are answered with problems and leave no trace`, async () => {
  const seed = Number(process.env['TEST_SEED'] ?? Random.newSeed());
  const requests = new MalformedRequests(new Random(seed), await target());
  const port = Number(new URL(engine.url).port);
  const before = await standing();
  const faults = new Map<string, string>();
  let left = REQUESTS;
  const send = async (): Promise<void> => {
    while (left-- > 0) {
      const request = requests.next();
      const answer = await exchange(port, request);
      const fault = faultOf(request, answer);
      const shown = request.bytes.subarray(0, 600).toString('latin1');
      if (fault !== undefined) faults.set(`${request.flaw}: ${fault}`, `${shown}\n=> ${answer?.body.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  expect({ seed, faults: Object.fromEntries(faults) }).toEqual({ seed, faults: {} });
  expect(engine.isUp).toBe(true);
  expect(await standing()).toEqual(before);
  expect(engine.log).toBe('');
}, 120_000);

test('malformed cases of an import are refused one by one, and leave no trace', async () => {
  const { schemas } = await target();
  const seed = Number(process.env['TEST_SEED'] ?? Random.newSeed());
  const values = new Values(new Random(seed), schemas);
  const before = await standing();
  const known = { source: 'test', sourceKey: 'x', mapping: 'none' };
  const cases = Array.from({ length: 400 }, () => {
    const wrong = values.wrong({ type: 'object' });
    return Array.isArray(wrong) || typeof wrong !== 'object'
      ? wrong
      : { ...known, ...wrong, entries: values.wrong({ type: 'array', items: {} }) };
  });
  const { status, body } = await engine.post('/import/cases', { cases });
  expect([seed, status]).toEqual([seed, 200]);
  expect(new Set(body.results.map((it: { status: string }) => it.status))).toEqual(new Set(['refused']));
  expect(await standing()).toEqual(before);
});

/** All that a request might have left behind: the token of the log's last position names its epoch, too. */
async function standing(): Promise<object> {
  const { body: clock } = await engine.get('/clock');
  const [head, people, keys] = [await engine.head(), await engine.get('/people'), await engine.get('/keys')];
  const issued = (keys.body.items as object[]).map((key) => ({ ...key, lastUsedAt: undefined }));
  return { head, clock, people: people.body, issued };
}
