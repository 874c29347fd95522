import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { plusMs } from '#kernel';
import type { TimelineEntry } from '../../apps/api/queries/timeline.js';
import { Server, START_OF_TIME, type Client } from './server.js';

const DAY = 24 * 3_600_000;
const MONTH = 30 * DAY;
const MOVED_CLOCK = new URL('../support/moved-clock.js', import.meta.url).href;

/** A dozen starts of servers in this file, and machines that do much else besides. */
jest.setTimeout(240_000);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function started(environment: Record<string, string> = {}): Promise<Server> {
  const server = await Server.start(environment);
  ends.push(() => server.end());
  return server;
}

/** A server on the machine's time, whose clocks the test sets. */
async function onRealTime(): Promise<{ server: Server; set: (wallMs: number, monotonicMs: number) => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-clock-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'moved');
  const set = (wallMs: number, monotonicMs: number): void => {
    writeFileSync(`${file}.new`, JSON.stringify({ wallMs, monotonicMs }));
    renameSync(`${file}.new`, file);
  };
  const environment = { NODE_OPTIONS: `--import=${MOVED_CLOCK}`, MOVED_CLOCK_FILE: file, REDRESS_TEST_CLOCK: '0' };
  return { server: await started(environment), set };
}

async function timeline(desk: Client, caseId: string): Promise<TimelineEntry[]> {
  return (await desk.get(`/cases/${caseId}/timeline`)).body.items as TimelineEntry[];
}

/** What happened and how long after the case was received; without ids, and without when it was written down. */
async function story(desk: Client, caseId: string): Promise<unknown[]> {
  const entries = await timeline(desk, caseId);
  const from = Date.parse(entries[0]!.occurredAt);
  return entries.map(({ type, occurredAt, data, actor }) => {
    const { clock, run, level, percent, budget } = data as Record<string, unknown>;
    return [type, Date.parse(occurredAt) - from, actor.role, clock, run, level, percent, budget];
  });
}

/** Waits until all is on record that a reader is shown, though nobody has sent a command: the timer did it. */
async function untilSettled(desk: Client, caseId: string): Promise<void> {
  for (;;) {
    const { body } = await desk.get(`/cases/${caseId}`);
    const shown = (body.clocks as { state: string }[]).filter(({ state }) => state === 'missed').length;
    const written = (await timeline(desk, caseId)).filter(({ type }) => type === 'DeadlineMissed').length;
    if (written >= shown && shown > 0) return;
  }
}

/** A grave case with two chains of escalation ahead of it, and a promise. */
async function graveCase({ admin }: Server, promisedBy: string): Promise<string> {
  const caseId = await admin.receive({ persons: 12 });
  await admin.command(caseId, 'accept');
  await admin.command(caseId, 'assign', { unit: 'engineering' });
  await admin.command(caseId, 'make-promise', { dueAt: promisedBy, text: '明天回电话' });
  return caseId;
}

describe('timers: neither downtime nor a long pause changes a verdict', () => {
  test('EVENTS 12: a month of downtime leaves the same events as a server that ran through', async () => {
    const [through, away] = [await started(), await started()];
    const promisedBy = plusMs(START_OF_TIME, 3 * DAY);
    const lived = await graveCase(through, promisedBy);
    const slept = await graveCase(away, promisedBy);
    await away.stop();
    for (let step = 1; step <= 20; step++) {
      await through.admin.post('/test-clock', { advanceMs: MONTH / 20 });
      if (step > 1) await untilSettled(through.admin, lived);
    }
    await away.run({ REDRESS_TEST_CLOCK: plusMs(START_OF_TIME, MONTH) });
    await untilSettled(away.admin, slept);
    const events = await story(through.admin, lived);
    expect(await story(away.admin, slept)).toEqual(events);
    const missed = events.filter((event) => (event as string[])[0] === 'DeadlineMissed');
    expect(missed.length).toBeGreaterThan(5);
  });

  test('a process that was stopped for a month, as a machine is that sleeps, goes on as one that was not', async () => {
    const [through, paused] = [await onRealTime(), await onRealTime()];
    const ids: string[] = [];
    for (const { server } of [through, paused]) {
      const caseId = await server.admin.receive({ persons: 12 });
      ids.push(caseId);
    }
    const [lived, slept] = ids as [string, string];
    paused.server.signal('SIGSTOP');
    paused.set(MONTH, MONTH);
    paused.server.signal('SIGCONT');
    for (let days = 3; days <= 30; days += 3) {
      through.server.signal('SIGSTOP');
      through.set(days * DAY, days * DAY);
      through.server.signal('SIGCONT');
      await untilSettled(through.server.admin, lived);
    }
    await untilSettled(paused.server.admin, slept);
    const withoutBusinessDays = (events: unknown[]) => events.filter((event) => (event as string[])[7] !== '1bd');
    const events = withoutBusinessDays(await story(through.server.admin, lived));
    expect(withoutBusinessDays(await story(paused.server.admin, slept))).toEqual(events);
    expect((await paused.server.admin.get('/clock')).body.jumped).toBeUndefined();
  });
});

describe('EVENTS 19: the clock of the machine jumps', () => {
  test('settling and writing wait, reading goes on; an administrator confirms, and what is due is settled at once', async () => {
    const { server, set } = await onRealTime();
    const { admin } = server;
    const agent = server.as((await admin.hire('Li', 'agent')).key);
    const caseId = await admin.receive();
    set(MONTH, 0);
    const refused = await admin.post(`/cases/${caseId}/accept`);
    expect([refused.status, refused.body.code]).toEqual([503, 'CLOCK_JUMPED']);
    expect(refused.body.facts.driftMs).toBeGreaterThan(MONTH - DAY);
    expect(refused.body.detail).toContain('POST /clock/confirm');
    const received = await admin.post('/cases', { kind: 'complaint', channel: 'phone', content: 'x' });
    expect([received.status, received.body.code]).toEqual([503, 'CLOCK_JUMPED']);
    expect((await admin.get('/clock')).body.jumped.driftMs).toBeGreaterThan(MONTH - DAY);
    expect((await admin.get(`/cases/${caseId}`)).status).toBe(200);
    // The timer wakes within a second, and would have settled by the time it was looked for this often.
    await server.logged('the clock of the machine jumped');
    for (let look = 0; look < 30; look++) {
      expect((await timeline(admin, caseId)).map(({ type }) => type)).not.toContain('DeadlineMissed');
    }
    expect((await agent.post('/clock/confirm')).status).toBe(403);
    expect((await admin.post('/clock/confirm')).body.jumped).toBeUndefined();
    await untilSettled(admin, caseId);
    await admin.command(caseId, 'accept');
  });

  test('when both clocks agree again writing goes on by itself, and the timer with it', async () => {
    const { server, set } = await onRealTime();
    const caseId = await server.admin.receive();
    set(MONTH, 0);
    await server.logged('the clock of the machine jumped');
    expect((await server.admin.post(`/cases/${caseId}/accept`)).body.code).toBe('CLOCK_JUMPED');
    set(MONTH, MONTH);
    await untilSettled(server.admin, caseId);
    await server.admin.command(caseId, 'accept');
  });

  test('a clock that was put back writes nothing earlier than what is written, and goes on when it is put right', async () => {
    const { server, set } = await onRealTime();
    const caseId = await server.admin.receive();
    set(-DAY, 0);
    expect((await server.admin.post(`/cases/${caseId}/accept`)).body.code).toBe('CLOCK_JUMPED');
    set(0, 0);
    await server.admin.command(caseId, 'accept');
    const times = (await timeline(server.admin, caseId)).map(({ recordedAt }) => recordedAt);
    expect([...times].sort()).toEqual(times);
  });
});
