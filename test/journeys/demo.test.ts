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
  const calledIn = new Set<string>();
  for (let after = 'start'; ;) {
    const { body } = await engine.get(`/events?limit=1000&after=${after}`);
    for (const event of body.events) {
      types.add(event.type);
      days.add(event.recordedat.slice(0, 10));
      for (const recipient of event.data.recipients ?? []) calledIn.add(recipient);
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
  // O-1: every post that the pack names is held, on whatever day somebody was called in.
  const people = (await engine.get('/people')).body.items.map((it: { id: string }) => it.id);
  expect([...calledIn].filter((recipient) => !people.includes(recipient))).toEqual([]);
  expect(calledIn.size).toBeGreaterThan(3);
});

test('O-1, O-2: duties of the demo have holders; no post is vacant, and nothing is logged as an error', async () => {
  expect((await engine.get('/organisation/check')).body.items).toEqual([]);
  const { items } = (await engine.get('/cases?severity=major&state=handling&limit=10')).body;
  expect(items.length).toBeGreaterThan(0);
  for (const { caseId } of items) {
    const { duties } = (await engine.get(`/cases/${caseId}`)).body;
    for (const { owedBy } of duties) {
      for (const owes of owedBy) expect([caseId, owes.person ?? owes.unit]).toEqual([caseId, expect.any(String)]);
    }
  }
  expect(engine.log.split('\n').filter((line) => line.includes('"level":50'))).toEqual([]);
});
