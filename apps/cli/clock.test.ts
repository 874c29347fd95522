import { expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { clock } from './clock.js';

type Answer = Readonly<Record<string, unknown>>;

async function answers(lines: readonly string[], options = {}): Promise<readonly Answer[]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(lines.map((line) => `${line}\n`).join(''));
  const said = text(output);
  await clock(input, output, options);
  output.end();
  return (await said).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Answer]));
}

const OFFICE = {
  zone: 'Asia/Shanghai',
  week: { mon: [['09:00', '17:30']], tue: [['09:00', '17:30']], wed: [['09:00', '24:00']] },
  holidays: ['2026-01-06'],
  yearly: ['12-25'],
  days: { '2026-01-10': [['09:00', '12:00']] },
};
const START = '2026-01-05T16:30:00+08:00';
const ask = (question: object): string => JSON.stringify({ calendar: OFFICE, start: START, ...question });

test('clock: each kind of duration, and the time between two instants, pauses left out', async () => {
  const said = await answers([
    ask({ duration: 'PT2H' }),
    ask({ duration: 'PT7200S', pauses: [['2026-01-07T09:00:00+08:00', '2026-01-07T10:00:00+08:00']] }),
    ask({ duration: '-PT1H' }),
    ask({ duration: '2d' }),
    ask({ duration: '2bd' }),
    ask({ duration: '1bd@close' }),
    ask({ duration: '1mo' }),
    ask({ end: '2026-01-10T23:00:00Z' }),
    ask({ end: '2026-01-05T08:00:00Z' }),
    ask({ calendar: 'china-office', duration: 'PT2H' }),
  ]);
  expect(said).toEqual([
    { due: '2026-01-07T02:00:00.000Z' },
    { due: '2026-01-07T03:00:00.000Z' },
    { due: '2026-01-05T07:30:00.000Z' },
    { due: '2026-01-07T08:30:00.000Z' },
    { due: '2026-01-10T08:30:00.000Z' },
    { due: '2026-01-07T16:00:00.000Z' },
    { due: '2026-02-05T08:30:00.000Z' },
    { elapsedMs: (1 + 15 + 3) * 3_600_000 },
    { elapsedMs: -0.5 * 3_600_000 },
    { due: '2026-01-06T02:00:00.000Z' },
  ]);
});

test('clock: a wrong line says what is wrong, an empty one too, and the rest goes on', async () => {
  const wrong = [
    ['no JSON', 'LINE_MALFORMED'],
    ['', 'LINE_MALFORMED'],
    ['[]', 'LINE_MALFORMED'],
    [ask({}), 'LINE_MALFORMED'],
    [ask({ duration: 'PT8H', end: START }), 'LINE_MALFORMED'],
    [ask({ duration: 'PT8H', pause: [] }), 'LINE_MALFORMED'],
    [ask({ duration: 8 }), 'LINE_MALFORMED'],
    [ask({ duration: 'PT8H', start: '2026-01-05T16:30:00' }), 'LINE_MALFORMED'],
    [ask({ duration: 'PT8H', pauses: [START] }), 'LINE_MALFORMED'],
    [ask({ duration: 'PT8H', calendar: 'nowhere' }), 'LINE_MALFORMED'],
    [ask({ duration: 'PT8H', calendar: 'constructor' }), 'LINE_MALFORMED'],
    [ask({ duration: '8 hours' }), 'BUDGET_MALFORMED'],
    [ask({ duration: '99999d' }), 'BUDGET_TOO_LONG'],
    [ask({ duration: 'PT8H', calendar: null }), 'CALENDAR_MALFORMED'],
    [ask({ duration: 'PT8H', calendar: { ...OFFICE, zone: 'Mars/Olympus' } }), 'UNKNOWN_ZONE'],
    [ask({ duration: 'PT8H', calendar: { zone: 'UTC' } }), 'CALENDAR_WITHOUT_WORKING_TIME'],
    [ask({ duration: 'PT8H', pauses: [[START, '2026-01-01T00:00:00Z']] }), 'PAUSE_ENDS_BEFORE_IT_BEGINS'],
  ] as const;
  const good = ask({ duration: 'PT2H' });
  const said = await answers(wrong.flatMap(([line]) => [line, good]));
  expect(said).toHaveLength(2 * wrong.length);
  wrong.forEach(([, code], at) => {
    expect(said[2 * at]).toEqual({ error: expect.stringMatching(`^${code}`) });
    expect(said[2 * at + 1]).toEqual({ due: '2026-01-07T02:00:00.000Z' });
  });
});

test('clock: segments are told where they are asked for, and what is provisional says so', async () => {
  const [due, measured] = await answers(
    [
      ask({ calendar: 'china-office', start: '2026-12-31T16:30:00+08:00', duration: 'PT2H' }),
      ask({ end: '2026-01-05T17:00:00+08:00' }),
    ],
    { explain: true },
  );
  expect(due).toMatchObject({ provisional: true, unpublishedYears: [2027], countedMs: 7_200_000 });
  expect((due!.segments as { kind: string }[]).map(({ kind }) => kind)).toEqual(['running', 'closed', 'running']);
  expect(measured).toMatchObject({
    elapsedMs: 1_800_000,
    segments: [
      { kind: 'running', from: '2026-01-05T08:30:00.000Z', to: '2026-01-05T09:00:00.000Z', countedMs: 1_800_000 },
    ],
  });
});

test('clock: a line is answered before the next one comes', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const running = clock(input, output, {});
  for (let line = 0; line < 3; line++) {
    input.write(`${ask({ duration: 'PT2H' })}\n`);
    const [said] = (await new Promise<Buffer>((heard) => output.once('data', heard))).toString().split('\n');
    expect(JSON.parse(said!)).toEqual({ due: '2026-01-07T02:00:00.000Z' });
  }
  input.end();
  await running;
});
