import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CloudEvent } from '../../apps/api/feed/cloud-event.js';
import { ADMIN_KEY, Server } from './server.js';

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.end());

interface Seen {
  readonly id: string;
  readonly event: CloudEvent;
}

/** A subscriber of `GET /events/stream` that keeps what it saw. */
class Subscriber {
  readonly seen: Seen[] = [];
  private readonly gone = new AbortController();
  private waiting: () => void = () => undefined;

  async follow(query = '', lastId?: string): Promise<void> {
    const response = await fetch(`${server.url}/events/stream${query}`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}`, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
      signal: this.gone.signal,
    });
    void this.read(response).catch(() => this.waiting());
  }

  async until(count: number): Promise<void> {
    while (this.seen.length < count) await new Promise<void>((resolve) => (this.waiting = resolve));
  }

  stop(): void {
    this.gone.abort();
  }

  private async read(response: Response): Promise<void> {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const frames = text.split('\n\n');
      text = frames.pop()!;
      for (const frame of frames) this.take(frame);
    }
  }

  private take(frame: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1];
    const data = field('data');
    if (data !== undefined && field('event') === undefined)
      this.seen.push({ id: field('id')!, event: JSON.parse(data) });
    this.waiting();
  }
}

/** A complaint begins with its first reply and its plan owed (K-1, K-2). */
const RECEIVED = ['CaseReceived', 'DeadlineSet', 'DeadlineSet'];

async function wholeFeed(): Promise<CloudEvent[]> {
  const events: CloudEvent[] = [];
  for (let after = 'start'; ;) {
    const { body } = await server.admin.get(`/events?after=${after}&limit=3`);
    events.push(...body.events);
    after = body.next;
    if (body.atHead) return events;
  }
}

test('pages follow each other without gap or duplicate, each case in order', async () => {
  const ids = [await server.admin.receive(), await server.admin.receive()];
  for (const id of ids) await server.admin.command(id, 'accept');
  const events = await wholeFeed();
  expect(events.map(({ type }) => type)).toEqual(
    [...RECEIVED, ...RECEIVED, 'CaseAccepted', 'CaseAccepted'].map((type) => `redress.${type}`),
  );
  for (const id of ids) {
    expect(events.filter(({ subject }) => subject === id).map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
  }
  expect(events[0]).toMatchObject({ specversion: '1.0', source: `/cases/${ids[0]}`, schemaversion: 1 });
});

test('who follows live sees what comes, and after a restart goes on where they were', async () => {
  const first = new Subscriber();
  await first.follow();
  const before = (await wholeFeed()).length;
  await first.until(before);
  const caseId = await server.admin.receive();
  await first.until(before + RECEIVED.length);
  first.stop();
  await server.stop();
  await server.run();
  await server.admin.command(caseId, 'accept');
  const second = new Subscriber();
  await second.follow('', first.seen.at(-1)!.id);
  await server.admin.command(caseId, 'assign', { unit: 'engineering' });
  await second.until(2);
  second.stop();
  const seen = [...first.seen, ...second.seen].map(({ event }) => event.id);
  expect(seen).toEqual((await wholeFeed()).map(({ id }) => id));
});

test('only the types that were asked for come', async () => {
  const { body } = await server.admin.get('/events?types=CaseAccepted,CaseAssigned');
  expect(new Set(body.events.map(({ type }: CloudEvent) => type))).toEqual(
    new Set(['redress.CaseAccepted', 'redress.CaseAssigned']),
  );
  const unknown = await server.admin.get('/events?types=CaseSolved');
  expect([unknown.status, unknown.body.code]).toEqual([422, 'VALIDATION_FAILED']);
});

test('EVENTS 4: a position of another log is refused, never misread', async () => {
  const refused: [token: string, status: number, code: string][] = [
    ['aaaaaaaa-1', 409, 'FOREIGN_POSITION'],
    ['no token', 400, 'BAD_POSITION'],
  ];
  for (const path of ['/events', '/events/stream', '/cases']) {
    for (const [token, status, code] of refused) {
      const parameter = path === '/cases' ? 'atLeast' : 'after';
      const answer = await server.admin.get(`${path}?${parameter}=${encodeURIComponent(token)}`);
      expect([path, token, answer.status, answer.body.code]).toEqual([path, token, status, code]);
    }
  }
  const { body } = await server.admin.get('/events?after=head');
  expect(body).toMatchObject({ events: [], atHead: true });
  const ahead = `${body.next.split('-')[0]}-zzzzzz`;
  expect((await server.admin.get(`/events?after=${ahead}`)).body.code).toBe('POSITION_AHEAD');
});
