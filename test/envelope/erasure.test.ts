import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EngineProcess } from '../support/engine.js';
import { eraseByHand } from '../support/erasing.js';
import { partFromRebuild } from '../support/views.js';
import { holds, planted, wordsIn } from '../support/words.js';

/** In every kind of part that holds somebody's words; each says where it was planted. */
const PLACES = [
  'subject',
  'content',
  'name',
  'phone',
  'email',
  'address',
  'reference',
  'note',
  'reply',
  'cause',
  'findings',
  'promise',
  'resolution',
  'fileName',
  'bytes',
] as const;
type Words = Readonly<Record<(typeof PLACES)[number], string>>;

const wordsOf = (whose: string): Words =>
  Object.fromEntries(PLACES.map((place) => [place, planted(`${whose}-${place}`)])) as Words;

const THEIRS = wordsOf('erased');
const OTHERS = wordsOf('kept');
const REPRESENTATIVE = planted('representative');
const ALL = [...Object.values(THEIRS), ...Object.values(OTHERS), REPRESENTATIVE];

let engine: EngineProcess;
let erasedCase: { caseId: string; party: string };
let keptCase: { caseId: string };

beforeAll(async () => {
  engine = await EngineProcess.start({ REDRESS_LOG_LEVEL: 'trace' });
  erasedCase = await tellAll(THEIRS, { representative: { name: REPRESENTATIVE } });
  keptCase = await tellAll(OTHERS, {});
  await engine.settled();
});
afterAll(() => engine.end());

async function tellAll(words: Words, more: object): Promise<{ caseId: string; party: string }> {
  const { name, phone, email, address } = words;
  const { body } = await engine.post('/cases', {
    kind: 'complaint',
    channel: 'phone',
    subject: words.subject,
    content: words.content,
    complainant: { name, phone, email, address },
    externalReference: words.reference,
    ...more,
  });
  const { caseId } = body;
  const tell = async (command: string, told: object): Promise<void> => {
    const answer = await engine.post(`/cases/${caseId}/${command}`, told);
    expect([command, answer.status, answer.body.code]).toEqual([command, 200, undefined]);
  };
  await tell('accept', {});
  await tell('add-note', { text: words.note });
  await tell('give-reply', { channel: 'phone', text: words.reply });
  await tell('record-investigation', { justification: 'justified', cause: words.cause, findings: words.findings });
  await tell('make-promise', { dueAt: '2099-01-01T00:00:00Z', text: words.promise });
  await tell('resolve', { outcome: 'remedied', resolution: words.resolution });
  const upload = `/cases/${caseId}/attachments?fileName=${encodeURIComponent(words.fileName)}`;
  await engine.send('POST', upload, words.bytes, { 'content-type': 'image/png' });
  return { caseId, party: body.result.complainant };
}

const found = (text: string): string[] => ALL.filter((word) => holds(Buffer.from(text), word));
const isNoView = (file: string): boolean => !file.startsWith('views.db');
const everything = (): boolean => true;

describe('issue 8, EVENTS 9: without the key no personal word can be read', () => {
  test('words stand in the views and in no other file of the folder', () => {
    expect(wordsIn(engine.folder, ALL, isNoView)).toEqual([]);
    expect(wordsIn(engine.folder, [THEIRS.subject], everything).length).toBeGreaterThan(0);
  });

  test('nor in the feed and the metrics, unless the feed is asked for them by who may', async () => {
    expect(found(JSON.stringify((await engine.get('/events?limit=1000')).body))).toEqual([]);
    expect(found((await engine.get('/metrics')).body)).toEqual([]);
    const shown = found(JSON.stringify((await engine.get('/events?limit=1000&open=true')).body));
    expect(shown).toEqual(ALL.filter((word) => word !== THEIRS.bytes && word !== OTHERS.bytes));
  });
});

describe('issue 8, EVENTS 8, 10: erased by hand, key destroyed and SubjectErased written', () => {
  beforeAll(async () => {
    await engine.stop();
    await eraseByHand(engine.folder, erasedCase.caseId, [erasedCase.party]);
    await engine.run();
    await engine.settled();
  });

  test('the words of the party are in no file any more, while the engine still runs', () => {
    expect(wordsIn(engine.folder, Object.values(THEIRS), everything)).toEqual([]);
  });

  test('feed, case, timeline and board say that they were erased; others keep theirs', async () => {
    const feed = (await engine.get('/events?limit=1000&open=true')).body;
    const shown = (await engine.get(`/cases/${erasedCase.caseId}`)).body;
    const timeline = (await engine.get(`/cases/${erasedCase.caseId}/timeline`)).body;
    const board = (await engine.get('/cases')).body;
    for (const body of [feed, shown, timeline, board]) {
      expect(Object.values(THEIRS).filter((word) => holds(Buffer.from(JSON.stringify(body)), word))).toEqual([]);
    }
    expect(shown.content).toEqual({ erased: true });
    expect(JSON.stringify([feed, shown, timeline])).not.toContain('"lost"');
    expect(JSON.stringify(shown)).toContain(REPRESENTATIVE);
    const kept = (await engine.get(`/cases/${keptCase.caseId}`)).body;
    expect(kept.content).toEqual({ value: OTHERS.content });
    const search = await engine.get(`/cases?text=${encodeURIComponent(OTHERS.name)}`);
    expect(search.body.items).toMatchObject([{ caseId: keptCase.caseId }]);
    expect((await engine.get(`/cases?text=${encodeURIComponent(THEIRS.name)}`)).body.items).toEqual([]);
  });

  test('its attachment is gone, and says so', async () => {
    const { attachments } = (await engine.get(`/cases/${erasedCase.caseId}`)).body;
    const file = await engine.get(`/cases/${erasedCase.caseId}/attachments/${attachments[0].attachmentId}`);
    expect([file.status, file.body.code]).toEqual([410, 'ATTACHMENT_ERASED']);
  });

  test('nobody hears KEY_LOST, and the case goes on', async () => {
    expect((await engine.get('/metrics')).body).toMatch(/^redress_keys_lost_total 0$/m);
    const note = await engine.post(`/cases/${erasedCase.caseId}/add-note`, { text: 'after the erasure' });
    expect(note.status).toBe(200);
  });

  test('the live views equal a cold rebuild, row by row', async () => {
    await engine.settled();
    await engine.stop();
    expect(await partFromRebuild(engine.folder)).toEqual([]);
    expect(wordsIn(engine.folder, Object.values(THEIRS), everything)).toEqual([]);
  });

  test('the log of the server, at its most talkative, tells no word of anybody and of no lost key', () => {
    expect(engine.log).toContain('"answered"');
    expect(engine.log).not.toContain('KEY_LOST');
    expect(found(engine.log + engine.said.join('\n'))).toEqual([]);
  });
});
