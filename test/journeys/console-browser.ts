import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

/** The browser that `npm test` found or installed; a run of Jest alone takes Debian's. */
export const CHROMIUM = [process.env['TEST_CHROMIUM'], '/usr/bin/chromium'].find(
  (file) => file !== undefined && existsSync(file),
);

/** What a refused request leaves in the console of a page is the browser's own doing: nobody is signed in there yet, or any more. */
const NOT_SIGNED_IN = /status of 401/;

/** Several people at their screens; all pages tell when something in them went wrong. */
export class Screens {
  /** Errors of scripts, of the console, and what the content security policy forbade. */
  readonly faults: string[] = [];

  private readonly browsers: Browser[] = [];

  /**
   * A screen of its own, signed in nowhere, English and in Shanghai: neither the machine's language nor its zone. It has
   * its own browser, because a browser draws the windows seldom that stand behind another one.
   */
  async add(): Promise<Page> {
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--disable-dev-shm-usage', ...root] });
    this.browsers.push(browser);
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Asia/Shanghai',
      viewport: { width: 1280, height: 860 },
    });
    context.setDefaultTimeout(20_000);
    await context.addInitScript({
      content: `document.addEventListener('securitypolicyviolation', (it) =>
        console.error('forbidden: ' + it.violatedDirective + ' ' + it.blockedURI));`,
    });
    context.on('weberror', (error) => this.faults.push(String(error.error())));
    context.on('console', (message) => {
      if (message.type() === 'error' && !NOT_SIGNED_IN.test(message.text())) this.faults.push(message.text());
    });
    return context.newPage();
  }

  async close(): Promise<void> {
    await Promise.all(this.browsers.map((browser) => browser.close()));
  }
}

/** Chooses in one of the component library's lists, as somebody with a mouse does. */
export async function choose(inside: Locator, label: string, option: string): Promise<void> {
  await inside.getByRole('combobox', { name: label }).click();
  // What is still sliding in lets a click pass beside it.
  const list = inside.page().locator('.ant-select-dropdown:visible:not(.ant-slide-up)');
  const chosen = list.locator('.ant-select-item-option-content').getByText(option, { exact: true });
  await chosen.click();
  // It stays over what is below until it has slid away.
  await inside.page().locator('.ant-select-dropdown:visible').filter({ hasText: option }).waitFor({ state: 'hidden' });
}

/** Opens a command's form, has it filled in, and sends it. */
export async function give(page: Page, command: string, fill: (form: Locator) => Promise<void>): Promise<void> {
  const offered = page.getByRole('region', { name: 'What to do' });
  await offered.getByRole('button', { name: command, exact: true }).click();
  const form = page.getByRole('dialog', { name: command });
  await fill(form);
  await form.getByRole('button', { name: command, exact: true }).click();
  await form.waitFor({ state: 'hidden' });
}

/** On the page that a browser without a session gets, and on the console's own once a session is over. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel(/(^|· )Key$/).fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** How far the page is wider than the window, in pixels. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** A page of another site with a link, as a webmail shows it. */
export async function webmailWith(link: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((_, response) => {
    response
      .setHeader('content-type', 'text/html')
      .end(`<!doctype html><link rel="icon" href="data:,"><a href="${link}">Sign in</a>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Another name is another site, whatever machine is behind it.
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

/** Waits until it is there: pages follow events by themselves. */
export const expectText = (where: Locator, text: string): Promise<void> =>
  where.filter({ hasText: text }).first().waitFor();
