import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { CHROMIUM, choose, expectText, give, overflowOf, Screens, signIn, webmailWith } from './console-browser.js';
import { ADMIN_KEY, COMPLAINT, Server } from './server.js';

const HOUR_MS = 3_600_000;
const HOSTILE = '<img src=x onerror="window.ran=1"><script>window.ran=1</script> \u202Egnp.exe 😡 مرحبا';

if (CHROMIUM === undefined) {
  test('console: no Chromium here, left out', () => {
    process.stderr.write('console: no Chromium here, left out\n');
  });
} else {
  describe('console', journey);
}

function journey(): void {
  let server: Server;
  let screens: Screens;
  let desk: Page;
  /** Stays on the board while somebody else works. */
  let wall: Page;

  beforeAll(async () => {
    server = await Server.start();
    await server.admin.hire('Li Na', 'agent', 'engineering');
    screens = new Screens();
    [wall, desk] = [await screens.add(), await screens.add()];
  });
  afterAll(async () => {
    await screens?.close();
    await server?.end();
  });

  const counter = (page: Page, label: string): Locator =>
    page.getByRole('button', { name: new RegExp(`^[\\d,·]+ ?${label}$`) });
  const advance = (ms: number) => server.admin.post('/test-clock', { advanceMs: ms });

  test('a sign-in link works from a webmail by its button, once; the board says that it is empty', async () => {
    const link = server.said.find((line) => line.includes('/sign-in?token='))!;
    const webmail = await webmailWith(link.slice(link.indexOf('http')));
    await wall.goto(webmail.url);
    await wall.getByRole('link').click();
    await wall.getByRole('button', { name: 'Sign in' }).click();
    await wall.getByRole('heading', { name: 'Live board' }).waitFor();
    expect(wall.url()).toBe(`${server.url}/`);
    await wall.getByText('No case yet. The first one is a click away.').waitFor();
    await wall.goto(webmail.url);
    await wall.getByRole('link').click();
    await wall.getByRole('button', { name: 'Sign in' }).click();
    await wall.getByText('This sign-in link was used already.').waitFor();
    webmail.close();
    await wall.goto(server.url);
    await wall.getByText('Live', { exact: true }).waitFor();
  });

  test('a key that is not known is refused; one that is opens the board', async () => {
    await desk.goto(server.url);
    await signIn(desk, 'not a key');
    await desk.getByText('This key is not known.').waitFor();
    await signIn(desk, ADMIN_KEY);
    await desk.getByRole('heading', { name: 'Live board' }).waitFor();
  });

  test('a case that somebody receives appears on a board that is already open', async () => {
    await desk.getByRole('button', { name: 'New case' }).click();
    const form = desk.getByRole('dialog', { name: 'Receive a case' });
    await form.getByRole('button', { name: 'Receive case' }).click();
    await form.getByText('Please fill this in').first().waitFor();
    await form.getByLabel('Subject').fill('Lift 3 stops between floors');
    await form.getByLabel('What was said').fill(HOSTILE);
    await form.getByLabel('Name', { exact: true }).fill('王芳 <b>bold</b>');
    await choose(form, 'Channel', 'E-mail');
    await form.getByRole('button', { name: 'Receive case' }).click();
    await desk.getByRole('heading', { name: 'Lift 3 stops between floors' }).waitFor();
    await wall.getByText('Lift 3 stops between floors').waitFor();
    await expectText(counter(wall, 'Open'), '1');
  });

  test('hostile text is shown as it was said and runs nothing', async () => {
    const said = desk.getByRole('region', { name: 'As it was said' });
    expect(await said.locator('blockquote').textContent()).toBe(HOSTILE);
    await desk.getByText('王芳 <b>bold</b>').first().waitFor();
    for (const page of [desk, wall]) {
      expect(await page.evaluate('[typeof window.ran, document.querySelectorAll("img[src=x]").length]')).toEqual([
        'undefined',
        0,
      ]);
    }
  });

  test('issue 10.8: open duties say who and until when; what is not possible says why not, by keyboard too', async () => {
    const duty = desk
      .getByRole('region', { name: 'Open duties' })
      .getByRole('listitem')
      .filter({ hasText: 'First reply' });
    await expectText(duty, 'the owner (nobody holds the post)');
    await expectText(duty.locator('time[data-late=false]'), 'GMT+8');
    await duty.getByRole('button', { name: 'Reply to customer' }).waitFor();
    const offered = desk.getByRole('region', { name: 'What to do' });
    await offered.getByText(/^Not possible now/).press('Enter');
    const close = offered.locator('span[tabindex="0"]').filter({ hasText: 'Close case' });
    await close.focus();
    await desk.getByRole('tooltip').getByText('The case was not accepted yet').waitFor();
    await desk
      .getByRole('region', { name: 'Severity and its grounds' })
      .getByText('No special ground: general')
      .waitFor();
  });

  test('section 12: a form is filled with its own fields, corrected as a version, and printed', async () => {
    const forms = desk.getByRole('region', { name: 'Forms' });
    await forms.getByRole('button', { name: 'Fill in: Visit by phone' }).click();
    const dialog = desk.getByRole('dialog', { name: 'Visit by phone' });
    await dialog.getByRole('button', { name: 'Fill in' }).click();
    await dialog.getByText('Please fill this in').first().waitFor();
    await dialog.getByText('Yes', { exact: true }).click();
    await dialog.getByLabel('Course').fill(HOSTILE);
    await dialog.getByRole('button', { name: 'Fill in' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await forms.getByText('Version 1').waitFor();
    await forms.getByRole('button', { name: 'Correct: Visit by phone' }).click();
    const correction = desk.getByRole('dialog', { name: 'Correct: Visit by phone' });
    expect(await correction.getByLabel('Course').inputValue()).toBe(HOSTILE);
    await correction.getByLabel('Course').fill(`${HOSTILE} He is pleased.`);
    await correction.getByRole('button', { name: 'Correct' }).click();
    await correction.waitFor({ state: 'hidden' });
    await forms.getByText('Version 2').waitFor();
    await forms.getByText('1 earlier version').waitFor();
    const [paper] = await Promise.all([
      desk.context().waitForEvent('page'),
      forms.getByRole('listitem').filter({ hasText: 'Visit by phone' }).getByRole('link').first().click(),
    ]);
    await paper.getByRole('heading', { name: 'Visit by phone' }).waitFor();
    await expectText(paper.locator('header'), 'Version 2 of 2');
    expect(await paper.locator('td').allTextContents()).toEqual(['Yes', `${HOSTILE} He is pleased.`]);
    expect(await paper.evaluate('typeof window.ran')).toBe('undefined');
    await paper.close();
  });

  test('a case is led to its end through the forms', async () => {
    await give(desk, 'Accept', async () => undefined);
    await give(desk, 'Assign', async (form) => {
      await form.getByRole('combobox', { name: 'Unit' }).fill('engineering');
      await choose(form, 'Owner', 'Li Na · engineering');
    });
    await advance(HOUR_MS);
    await give(desk, 'Reply to customer', async (form) => {
      await choose(form, 'Channel', 'Phone');
      await form.getByRole('textbox', { name: 'Text' }).fill('A mechanic comes tomorrow at nine.');
    });
    await give(desk, 'Resolve', async (form) => {
      await choose(form, 'Outcome', 'remedied');
      await form.getByLabel('Resolution').fill('The door sensor was replaced.');
    });
    await give(desk, 'Notify customer', async (form) => {
      await choose(form, 'Channel', 'E-mail');
      await form.getByLabel('In writing').click();
    });
    await give(desk, 'Record return visit', async (form) => {
      await choose(form, 'Channel', 'Phone');
      await form.getByLabel('Reached').click();
      await form.getByLabel('Score').fill('5');
    });
    await give(desk, 'Close case', async () => undefined);
    const story = desk.getByRole('region', { name: 'Timeline' });
    const told = ['Case accepted', 'Case assigned', 'Reply given', 'Case resolved', 'Customer notified'];
    for (const event of [...told, 'Return visit made', 'Case closed']) {
      const entry = story.getByRole('listitem').filter({ has: desk.getByText(event, { exact: true }) });
      await expectText(entry, 'admin (Administrator)');
      await expectText(entry, event.startsWith('Case a') ? '5 Jan 2026, 09:00' : '5 Jan 2026, 10:00');
    }
    await wall.getByRole('row').filter({ hasText: 'Lift 3' }).getByText('Closed').waitFor();
  });

  test('A-5: the case is shown as it was known at a moment, and nothing can be changed from there', async () => {
    await desk.getByLabel('As it was known at', { exact: true }).and(desk.locator('input')).fill('2026-01-05T09:30:00');
    await desk.getByRole('button', { name: 'Show', exact: true }).click();
    await desk.getByText('You see the case as of').waitFor();
    const header = desk.locator('header').filter({ hasText: 'Lift 3' });
    await header.getByText('In handling').waitFor();
    expect(await desk.getByText('Case closed', { exact: true }).count()).toBe(0);
    const offered = desk.getByRole('region', { name: 'What to do' });
    expect(await offered.locator('button:enabled').count()).toBe(0);
    await desk.getByRole('button', { name: 'Back to now' }).click();
    await header.getByText('Closed').waitFor();
  });

  test('EVENTS.md 12: a case turns overdue on an open board; a counter leads to the cases that it counts', async () => {
    // I-6: the papers of the first case would be due by then as well.
    const { items } = (await server.admin.get('/cases?text=lift')).body;
    await server.admin.command(items[0].caseId, 'file-papers', { with: 'service_centre' });
    const first = await server.admin.receive({ subject: 'Broken gate' });
    // Sessions are over by then; what follows is within one.
    await advance(40 * HOUR_MS);
    await server.admin.receive({ subject: 'Dark stairs' });
    await signIn(wall, ADMIN_KEY);
    await expectText(counter(wall, 'Due within 24 h'), '1');
    await counter(wall, 'Due within 24 h').click();
    await wall.getByText('1 case shown').waitFor();
    await wall.getByText('Broken gate').waitFor();
    await counter(wall, 'Due within 24 h').click();
    await wall.getByText('3 cases shown').waitFor();
    const row = wall.locator(`[data-row-key="${first}"]`);
    await row.getByText(/^in \d+ h/).waitFor();
    await advance(9 * HOUR_MS);
    await row.getByText('2 deadlines missed').waitFor();
    await row.getByText('escalated', { exact: true }).waitFor();
    await row.getByText('Acknowledgement').waitFor();
    // What is broken stands above what breaks next.
    await expectText(wall.locator('[data-row-key]').first(), 'Broken gate');
    await expectText(counter(wall, 'Overdue'), '1');
    await counter(wall, 'Overdue').click();
    await wall.getByText('1 case shown').waitFor();
    await wall.getByRole('button', { name: 'Clear filters' }).click();
    await wall.getByText('3 cases shown').waitFor();
  });

  test('the console speaks Chinese and English', async () => {
    await wall.getByText('中文').click();
    await wall.getByRole('heading', { name: '实时看板' }).waitFor();
    expect(await wall.locator('html').getAttribute('lang')).toBe('zh-CN');
    await wall.getByText('EN', { exact: true }).click();
    await wall.getByRole('heading', { name: 'Live board' }).waitFor();
  });

  test('on a phone nothing is wider than the window', async () => {
    await server.admin.receive({ ...COMPLAINT, subject: 'W'.repeat(200), content: `${HOSTILE}${'长'.repeat(300)}` });
    await wall.setViewportSize({ width: 400, height: 800 });
    await wall.getByText('W'.repeat(200)).waitFor();
    expect(await overflowOf(wall)).toBe(0);
    await wall.getByText('W'.repeat(200)).click();
    await wall.getByRole('region', { name: 'Timeline' }).getByText('Case received').waitFor();
    expect(await overflowOf(wall)).toBe(0);
    const grave = await server.admin.receive({ subject: 'In the papers', circumstances: ['media'] });
    await wall.goto(`${server.url}/#/cases/${grave}`);
    const grounds = wall.getByRole('region', { name: 'Severity and its grounds' });
    await expectText(grounds.getByRole('listitem').filter({ hasText: 'S-1.media' }), 'Case received');
    const report = wall.getByRole('listitem').filter({ hasText: 'Report of a major complaint' });
    await expectText(report, 'who received it');
    await report.getByRole('button', { name: 'Report up' }).click();
    const form = wall.getByRole('dialog', { name: 'Report up' });
    await form.getByText('Report of a major complaint', { exact: true }).waitFor();
    expect(await overflowOf(wall)).toBe(0);
    await form.getByRole('button', { name: 'Dismiss' }).click();
    await form.waitFor({ state: 'hidden' });
    await wall.setViewportSize({ width: 1280, height: 860 });
  });

  test('who signs out sees nothing more', async () => {
    await wall.getByRole('link', { name: 'Live board' }).click();
    await wall.getByRole('button', { name: 'Sign out' }).click();
    await signIn(wall, 'not a key');
    await wall.getByText('This key is not valid, or was revoked.').waitFor();
    expect(await wall.getByText('Broken gate').count()).toBe(0);
    await signIn(wall, ADMIN_KEY);
    await wall.getByText('Broken gate').waitFor();
  });

  test('nothing went wrong in any page, and the content security policy forbade nothing', () => {
    expect(screens.faults).toEqual([]);
  });
}
