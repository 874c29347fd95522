import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventStoreError, WrongExpectedRevision } from '../errors.js';
import type { EventStore, ExpectedRevision, NewEvent, ReadStreamOptions } from '../port.js';
import { ModelStore, type ModelAnswer } from './model.js';
import { event, events, history, ids, streamName, type StoreUnderTest } from './samples.js';

type Expectation = ExpectedRevision | 'current';

type Operation = { readonly stream: number } & (
  | { readonly kind: 'append'; readonly expected: Expectation; readonly count: number }
  /** Events of the stream again, with the expectation that held before them or another one. */
  | {
      readonly kind: 'again';
      readonly from: number;
      readonly count: number;
      readonly shift: number;
      readonly fresh: number;
      /** The stream that the events were written to; another one than they are sent to now, sometimes. */
      readonly source: number;
      readonly loose: 'any' | 'stream_exists' | undefined;
    }
  | { readonly kind: 'delete' | 'tombstone'; readonly expected: Expectation }
  | { readonly kind: 'describe'; readonly maxCount: number | undefined; readonly truncateBefore: number | undefined }
  | { readonly kind: 'read'; readonly options: ReadStreamOptions }
);

const small = fc.nat({ max: 6 });
const expectation = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Expectation>('current') },
  fc.constantFrom<Expectation>('no_stream', 'stream_exists', 'any'),
  small.map(BigInt),
);
const of = <K extends string, T extends object>(kind: K, rest: { [P in keyof T]: fc.Arbitrary<T[P]> }) =>
  fc.record({ stream: fc.nat({ max: 2 }), kind: fc.constant(kind), ...rest } as never);

const operation = fc.oneof(
  { weight: 6, arbitrary: of('append', { expected: expectation, count: fc.nat({ max: 3 }) }) },
  {
    weight: 3,
    arbitrary: of('again', {
      from: small,
      count: fc.integer({ min: 1, max: 3 }),
      shift: fc.constantFrom(0, 0, 0, 1),
      fresh: fc.constantFrom(0, 0, 1),
      source: fc.nat({ max: 2 }),
      loose: fc.constantFrom(undefined, undefined, 'any' as const, 'stream_exists' as const),
    }),
  },
  { weight: 2, arbitrary: of('delete', { expected: expectation }) },
  {
    weight: 1,
    arbitrary: of('tombstone', { expected: fc.constantFrom<Expectation>('no_stream', 1n, 'stream_exists') }),
  },
  {
    weight: 2,
    arbitrary: of('describe', {
      maxCount: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      truncateBefore: fc.option(small, { nil: undefined }),
    }),
  },
  { weight: 5, arbitrary: of('read', { options: readOptions() }) },
) as fc.Arbitrary<Operation>;

function readOptions(): fc.Arbitrary<ReadStreamOptions> {
  return fc
    .record({
      direction: fc.constantFrom('forwards' as const, 'backwards' as const),
      from: fc.option(small.map(BigInt), { nil: undefined }),
      maxCount: fc.option(small, { nil: undefined }),
    })
    .map((options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)));
}

/** EVENT_STORE.md 1–4, 11, 15, 17 as one property: no sequence of operations tells the store from the model. */
export function randomContract(under: StoreUnderTest): void {
  test('EVENT_STORE 1–17: whatever is done, the answers are those of the model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 30 }), async (operations) => {
        const run = streamName('random');
        const model = new ModelStore();
        for (const one of operations) {
          const stream = `${run}-${one.stream}`;
          const [expected, answer] = await bothAnswers(under.store, model, stream, one);
          expect(answer).toEqual(expected);
        }
        const all = await history(under.store.subscribeToAll({ filter: { streamPrefixes: [run] } }));
        expect(ids(all)).toEqual(model.log);
      }),
      { numRuns: 60 },
    );
  });
}

async function bothAnswers(
  store: EventStore,
  model: ModelStore,
  stream: string,
  one: Operation,
): Promise<[ModelAnswer, ModelAnswer]> {
  const expectedBy = (wanted: Expectation): ExpectedRevision => {
    const last = model.ids(stream).length - 1;
    return wanted !== 'current' ? wanted : last < 0 ? 'no_stream' : BigInt(last);
  };
  const append = async (
    expected: ExpectedRevision,
    batch: readonly NewEvent[],
  ): Promise<[ModelAnswer, ModelAnswer]> => {
    const answer = answerOf(
      store.append(stream, expected, batch).then(({ revision }) => ({ revision: Number(revision) })),
    );
    return [model.append(stream, expected, ids(batch)), await answer];
  };
  switch (one.kind) {
    case 'append':
      return append(expectedBy(one.expected), events(one.count));
    case 'again': {
      if (one.loose !== undefined) {
        const source = stream.replace(/\d+$/, String(one.source));
        const sent = model.ids(source).slice(one.from, one.from + one.count);
        return append(one.loose, [...sent.map((id) => event({ id })), ...events(one.fresh)]);
      }
      const old = model.ids(stream).slice(one.from, one.from + one.count);
      const before = Math.max(one.from + one.shift, 0);
      const batch = [...old.map((id) => event({ id })), ...events(old.length === 0 ? 1 : one.fresh)];
      return append(before === 0 ? 'no_stream' : BigInt(before - 1), batch);
    }
    case 'delete': {
      const expected = expectedBy(one.expected);
      return [model.delete(stream, expected), await answerOf(store.deleteStream(stream, expected).then(done))];
    }
    case 'tombstone': {
      const expected = expectedBy(one.expected);
      return [model.tombstone(stream, expected), await answerOf(store.tombstoneStream(stream, expected).then(done))];
    }
    case 'describe': {
      const { maxCount, truncateBefore } = one;
      const metadata = {
        ...(maxCount === undefined ? {} : { maxCount }),
        ...(truncateBefore === undefined ? {} : { truncateBefore: BigInt(truncateBefore) }),
      };
      const answer = store.setStreamMetadata(stream, metadata).then(({ revision }) => ({ revision: Number(revision) }));
      return [model.describe(stream, maxCount, truncateBefore), await answerOf(answer)];
    }
    case 'read': {
      const shown = store.readStream(stream, one.options).then((list) => list.map(({ revision }) => Number(revision)));
      return [model.read(stream, one.options), await answerOf(shown)];
    }
    default:
      return one satisfies never;
  }
}

const done = (): ModelAnswer => ({ revision: -1 });

async function answerOf(work: Promise<ModelAnswer>): Promise<ModelAnswer> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof WrongExpectedRevision)
      return { conflict: error.actual === 'no_stream' ? -1 : Number(error.actual) };
    if (error instanceof EventStoreError) return error.code as ModelAnswer;
    throw error;
  }
}
