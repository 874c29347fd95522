import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PHASES } from '#cases';
import { EngineProcess } from '../support/engine.js';

let engine: EngineProcess;

/** Answers when the desk is full. */
const full = async (): Promise<void> => {
  while (!engine.said.includes('The desk is full.')) await new Promise((resolve) => setImmediate(resolve));
};

beforeAll(async () => {
  engine = await EngineProcess.start({ REDRESS_DEMO: '1' });
  await full();
}, 300_000);
afterAll(() => engine.end());

test('the demo is a lived-in desk: hundreds of cases, in all states, of all severities', async () => {
  const { body } = await engine.get('/events?limit=1&after=head');
  const { body: counts } = await engine.get(`/counts?atLeast=${body.next}`);
  expect(counts.total).toBeGreaterThan(250);
  expect(Object.keys(counts.byPhase).sort()).toEqual([...PHASES].sort());
  expect(Object.keys(counts.bySeverity).sort()).toEqual(['general', 'important', 'major']);
});

test('the demo speaks Chinese and English, and is found in both', async () => {
  for (const text of ['电梯', 'parking']) {
    const { body } = await engine.get(`/cases?text=${encodeURIComponent(text)}`);
    expect([text, body.items.length > 3]).toEqual([text, true]);
  }
});

test('the demo was decided over the last weeks: first replies were met and missed, and a late entry corrected a verdict', async () => {
  const types = new Set<string>();
  const days = new Set<string>();
  for (let after = 'start'; ;) {
    const { body } = await engine.get(`/events?limit=1000&after=${after}`);
    for (const event of body.events) {
      types.add(event.type);
      days.add(event.recordedat.slice(0, 10));
    }
    if (body.atHead) break;
    after = body.next;
  }
  const clocks = ['DeadlineMet', 'DeadlineMissed', 'VerdictCorrected', 'DeadlineWarned', 'DeadlineFulfilledLate'];
  const pauses = ['ClockPaused', 'ClockResumed'];
  const escalations = ['CaseEscalated', 'EscalationAcknowledged'];
  for (const type of [...clocks, ...pauses, ...escalations, 'CaseReopened', 'CompensationApproved']) {
    expect([...types]).toContain(`redress.${type}`);
  }
  expect(days.size).toBeGreaterThan(21);
});
