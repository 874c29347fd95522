import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EngineProcess } from '../support/engine.js';

/** All of it is somebody's words, however it looks: it is stored and comes back as it was said. */
const WORDS: Readonly<Record<string, string>> = {
  HTML: '<b>fett</b><img src=x onerror="alert(1)"><!-- & &amp; &#x41;',
  script: '</script><script>alert(document.cookie)</script>',
  SQL: `'); DROP TABLE case_board; -- " OR 1=1 /* \\' */`,
  'SQL wildcards': '%_%*?[a-z]^',
  'full-text operators': 'NEAR(a b) AND NOT "c" OR d* ^e :f',
  templates: '{{7*7}} ${7*7} #{7*7} <%= 7*7 %> %s %n $(id) `id` ${jndi:ldap://x}',
  'right-to-left override': 'file\u202egnp.exe \u2066\u2069 שלום مرحبا',
  emoji: '👩‍👩‍👧‍👦 🏳️‍🌈 𠮷野家 é e\u0301',
  invisible: '\u200b\u200d\ufeff\u00ad\u2028\u2029',
  NUL: 'before\u0000after\u0000',
  'control characters': '\u0001\u0007\b\t\n\v\f\r\u001b[31mred\u007f\u0085',
  'line ends': 'a\r\nb\nc\rd',
  spaces: '  leading and trailing \t\n ',
  'the stored form itself': '{"keyId":"x","nonce":"y","ciphertext":"z","hash":"0"} ,"hash":"00"}',
  'names of JavaScript': '__proto__ constructor toString undefined null NaN',
  noncharacters: '\ufffe\uffff\ufffd\u{10ffff}',
  'an escape that is text': '\\u0000 \\ud800 \\x00 %00 %ff &#0;',
  'path and header': '../../../etc/passwd\r\nX-Injected: 1',
};
/** Characters as people count them: a 👩 is one. */
const LONG = '厨房漏水👩'.repeat(20_000);
/** SQL stores cannot carry U+0000; views show the sign for it instead (EVENTS.md 5). */
const onTheBoard = (said: string): string => said.replaceAll('\u0000', '\u2400');

let engine: EngineProcess;
beforeAll(async () => void (engine = await EngineProcess.start({ REDRESS_LOG_LEVEL: 'warn' })));
afterAll(() => engine.end());

async function receive(more: object): Promise<{ caseId: string; position: string }> {
  const { status, body } = await engine.post('/cases', { kind: 'complaint', channel: 'phone', content: 'x', ...more });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body;
}

describe('issue 8: hostile text is stored and shown as it was said', () => {
  test.each(Object.entries(WORDS))('%s', async (_name, said) => {
    const complainant = { name: said, phone: said, address: said };
    const { caseId } = await receive({ subject: said, content: said, complainant, externalReference: said });
    const { body: noted } = await engine.post(`/cases/${caseId}/add-note`, { text: said });
    const { body: shown } = await engine.get(`/cases/${caseId}`);
    expect(shown.content).toEqual({ value: said });
    expect(shown.subject).toEqual({ value: said });
    expect(shown.externalReference).toEqual({ value: said });
    expect(shown.parties[0]).toMatchObject({ name: { value: said }, phone: { value: said }, address: { value: said } });
    const { body: history } = await engine.get(`/cases/${caseId}/timeline`);
    expect(JSON.stringify(history.items)).toContain(JSON.stringify(said).slice(1, -1));
    const { body: feed } = await engine.get('/events?open=true&types=NoteAdded&limit=1000');
    expect(feed.events.at(-1).data.personal.text).toEqual({ value: said });
    const { body: board } = await engine.get(`/cases?limit=200&atLeast=${noted.position}`);
    const row = board.items.find((item: { caseId: string }) => item.caseId === caseId);
    const words = onTheBoard(said);
    expect(row).toMatchObject({ subject: words, complainantName: words, externalReference: words });
  });

  test('100,000 characters, and not one more', async () => {
    const { caseId } = await receive({ content: LONG });
    expect((await engine.get(`/cases/${caseId}`)).body.content).toEqual({ value: LONG });
    const { status, body } = await engine.post('/cases', { kind: 'complaint', channel: 'phone', content: `${LONG}x` });
    expect([status, body.code]).toEqual([422, 'VALIDATION_FAILED']);
  });

  test('searched for, it finds the case or nothing, and breaks nothing', async () => {
    for (const said of Object.values(WORDS)) {
      const { status } = await engine.get(`/cases?text=${encodeURIComponent(said)}`);
      expect([said, status]).toEqual([said, 200]);
      const found = await engine.get(`/cases?externalReference=${encodeURIComponent(said)}`);
      expect([said, found.status, found.body.items.length]).toEqual([said, 200, 1]);
    }
  });

  test('as the name of an attachment it cannot leave its header', async () => {
    const { caseId } = await receive({});
    for (const said of Object.values(WORDS)) {
      const path = `/cases/${caseId}/attachments?fileName=${encodeURIComponent(said)}`;
      const { status, body } = await engine.send('POST', path, 'bytes', { 'content-type': 'application/octet-stream' });
      expect([said, status]).toEqual([said, 200]);
      const { attachmentId } = body.result;
      const file = await engine.get(`/cases/${caseId}/attachments/${attachmentId}`);
      expect([said, file.status, file.body, file.headers.get('x-injected')]).toEqual([said, 200, 'bytes', null]);
    }
  });

  test('none of it reached the log of the server', () => expect(engine.log).toBe(''));
});
