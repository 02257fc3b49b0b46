import { type Browser, chromium } from 'playwright-core';
import { test as base } from 'vitest';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { heapFlag } from './heap.ts';
import { serveTabs, type TabServer } from './serve-tabs.ts';

/** A browser with room for many tabs, and the server of what they load; one of each for a file. */
export const test = base.extend<{ browser: Browser; tabs: TabServer }>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads from it that nothing else is needed.
    async ({}, use) => {
      const browser = await chromium.launch({
        executablePath: chromiumPath(),
        headless: true,
        args: [...CHROMIUM_FLAGS, '--renderer-process-limit=64', heapFlag],
      });
      await use(browser);
      await browser.close();
    },
    { scope: 'file' },
  ],
  tabs: [
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    async ({}, use) => {
      const tabs = await serveTabs();
      await use(tabs);
      tabs.server.close();
    },
    { scope: 'file' },
  ],
});
