import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { open } from './page.ts';
import { servePage } from './serve-page.ts';

const root = new URL('../..', import.meta.url).pathname;
export const pageFolder = join(root, 'dist/page');
/** Not in the repository; to be looked at. */
export const artifacts = join(root, 'test/artifacts');
export const tabs = ['run', 'programs', 'executions', 'benchmark', 'system'] as const;

/** A Chromium and the page on a static host. */
export interface Studio {
  readonly browser: Browser;
  readonly url: string;
  /** A page in a profile of its own, ready to be used, and what it complains of. */
  open(options?: BrowserContextOptions, at?: string): Promise<{ readonly page: Page; readonly complaints: string[] }>;
  close(): Promise<void>;
}

export async function launchStudio(): Promise<Studio> {
  mkdirSync(artifacts, { recursive: true });
  const { server, url } = await servePage(pageFolder);
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: [...CHROMIUM_FLAGS],
  });
  return {
    browser,
    url,
    async open(options = {}, at = url) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.addInitScript(() => {
        addEventListener('securitypolicyviolation', (event) => {
          console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
        });
      });
      await open(page, at);
      return { page, complaints };
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

export async function showTab(page: Page, tab: (typeof tabs)[number]): Promise<void> {
  await page.click(`#tab-${tab}`);
  await page.waitForSelector('#panel .card');
}

/** Hands the page a file as a person would choose one. */
export async function openFile(page: Page, name: string, text: string | Buffer, button = '#open-file'): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click(button)]);
  const buffer = typeof text === 'string' ? Buffer.from(text) : text;
  await chooser.setFiles({ name, mimeType: 'text/plain', buffer });
}

/** Waits for the end of the execution that is shown. @returns its status */
export async function ended(page: Page, timeout = 30_000): Promise<string> {
  const wasFinished = (): boolean => (document.querySelector('#progress')?.getAttribute('data-finished') ?? '') !== '';
  await page.waitForFunction(wasFinished, undefined, { timeout });
  return (await page.getAttribute('#progress', 'data-status')) ?? '';
}

/** Runs the program that is shown, to its end. */
export async function runToEnd(page: Page, timeout?: number): Promise<string> {
  const before = await page.getAttribute('#progress', 'data-execution');
  await page.click('#run');
  await page.waitForFunction(
    (id) => ![id, ''].includes(document.querySelector('#progress')?.getAttribute('data-execution') ?? ''),
    before,
  );
  return ended(page, timeout);
}
