import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { CHROMIUM, choose, expectText, give, overflowOf, Screens, signIn } from './console-browser.js';
import { ADMIN_KEY, Server } from './server.js';

const HOUR_MS = 3_600_000;

if (CHROMIUM === undefined) {
  test('console: no Chromium here, left out', () => {
    process.stderr.write('console: no Chromium here, left out\n');
  });
} else {
  describe('clocks and escalations in the console', journey);
}

function journey(): void {
  let server: Server;
  let screens: Screens;
  let desk: Page;
  let wall: Page;
  let caseId: string;

  beforeAll(async () => {
    server = await Server.start();
    screens = new Screens();
    [wall, desk] = [await screens.add(), await screens.add()];
    for (const page of [wall, desk]) {
      await page.goto(server.url);
      await signIn(page, ADMIN_KEY);
      await page.getByText('Live', { exact: true }).waitFor();
    }
  });
  afterAll(async () => {
    await screens?.close();
    await server?.end();
  });

  const advance = (ms: number) => server.admin.post('/test-clock', { advanceMs: ms });
  const clock = (name: string): Locator =>
    desk.getByRole('list', { name: 'Clocks' }).getByRole('button', { name: new RegExp(name) });

  test('K-7: a clock that is paused stands still on board and case, and goes on', async () => {
    const { admin } = server;
    caseId = await admin.receive({ subject: 'Water meter turns backwards', persons: 3 });
    await admin.command(caseId, 'accept');
    await admin.command(caseId, 'propose-plan', { measures: 'A new meter' });
    await advance(HOUR_MS);
    await admin.command(caseId, 'start-waiting', { waitingFor: 'customer' });
    const row = wall.locator(`[data-row-key="${caseId}"]`);
    await row.getByText('clock paused').waitFor();
    await desk.goto(`${server.url}/#/cases/${caseId}`);
    await expectText(clock('Progress to the customer'), 'Paused');
    await expectText(clock('Progress to the customer'), '47 h left');
    await advance(2 * HOUR_MS);
    await give(desk, 'End waiting', async () => undefined);
    await expectText(clock('Progress to the customer'), 'in 1 d 23 h');
    const story = desk.getByRole('region', { name: 'Timeline' });
    await story.getByText('Progress to the customer goes on after 2 h; it is due').waitFor();
    await row.getByText('clock paused').waitFor({ state: 'detached' });
  });

  test('K-9: a clock explains itself stretch by stretch; the keyboard opens it and closes it', async () => {
    await clock('Progress to the customer').focus();
    await desk.keyboard.press('Enter');
    const drawer = desk.getByRole('dialog', { name: 'Progress to the customer' });
    const stretches = drawer.getByRole('row');
    for (const [at, text] of [/runs.*1 h/, /paused.*1 h/, /runs.*47 h.*48 h/].entries()) {
      await stretches
        .nth(at + 1)
        .filter({ hasText: text })
        .waitFor();
    }
    await drawer.getByText('48 h of 48 h counted').waitFor();
    await drawer.getByText('because of: Waiting ended').waitFor();
    await drawer.getByText('group version 1').waitFor();
    await desk.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await clock('Report of an important complaint').click();
    await desk.getByText(/^china-office|^office/).waitFor();
    await desk.getByText('counted in Asia/Shanghai').waitFor();
    await desk.getByRole('button', { name: 'Dismiss' }).click();
    await desk.getByText('counted in Asia/Shanghai').waitFor({ state: 'hidden' });
  });

  test('E-1: a chain of the pack is chosen, who is called in is shown, and who acknowledged', async () => {
    await give(desk, 'Escalate', async (form) => {
      await form.getByLabel('Reason (code)').fill('too_hard');
      await choose(form, 'Chain of escalation', 'Missed deadline');
    });
    const escalations = desk.getByRole('region', { name: 'Escalations' });
    await expectText(escalations, 'waits for an acknowledgement');
    await expectText(escalations, 'head of the unit');
    await wall.locator(`[data-row-key="${caseId}"]`).getByText('escalated', { exact: true }).waitFor();
    await give(desk, 'Acknowledge escalation', async (form) => {
      await form.getByRole('combobox', { name: 'Escalation' }).click();
      await desk.locator('.ant-select-item-option-content').getByText('Missed deadline · Level 1').click();
    });
    await expectText(escalations, 'Acknowledged by');
    await expectText(escalations, 'admin');
    await desk.getByText('Missed deadline, level 1: acknowledged by admin.').waitFor();
    await server.admin.command(caseId, 'report-up', { to: 'leaders', duty: 'K-4.important' });
    await expectText(clock('Report of an important complaint'), 'Met');
    await server.admin.command(caseId, 'withdraw', { reasonCode: 'settled' });
    await expectText(clock('First reply'), 'Cancelled');
  });

  test('K-4, K-7: what was missed and done late is told apart from what is still owed', async () => {
    await advance(50 * HOUR_MS);
    const { admin } = server;
    const late = await admin.receive({ subject: 'Gate stands open' });
    await admin.command(late, 'accept');
    await advance(50 * HOUR_MS);
    await admin.command(late, 'give-reply', { channel: 'phone', text: 'A locksmith comes today.' });
    // Sessions are over by then.
    for (const page of [wall, desk]) {
      await page.goto(server.url);
      await signIn(page, ADMIN_KEY);
    }
    const row = wall.locator(`[data-row-key="${late}"]`);
    await row.getByText('1 deadline missed').waitFor();
    await row.getByText('done late').waitFor();
    await desk.goto(`${server.url}/#/cases/${late}`);
    await expectText(clock('First reply'), 'Done 2 h late');
    await expectText(clock('Plan'), 'Missed, still owed');
    await desk.setViewportSize({ width: 400, height: 800 });
    await clock('First reply').click();
    await desk.getByText('First reply was done all the same at').last().waitFor();
    expect(await overflowOf(desk)).toBe(0);
  });

  test('nothing went wrong in any page', () => {
    expect(screens.faults).toEqual([]);
  });
}
