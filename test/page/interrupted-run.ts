import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectNoneTwice, journalOf, open, start, wasTakenUp } from './page.ts';
import { openFile } from './studio.ts';

const items = 40;
const itemMs = 30;
/** On two workers; with single tasks before and after it. */
const fanOutMs = (items * itemMs) / 2;
/** An even run of that length. */
const program = {
  heddle: 1,
  name: 'interrupted',
  nodes: {
    first: { module: 'chaos.steady', with: { what: 'first', ms: 20 } },
    each: {
      module: 'chaos.steady',
      needs: ['first'],
      forEach: { items: Array.from({ length: items }, (_, index) => `item ${index}`) },
      with: { what: '${item}', ms: itemMs },
    },
    last: { module: 'chaos.steady', needs: ['each'], with: { what: '${each[39].booked} and all before', ms: 20 } },
  },
  outputs: { last: '${last.booked}' },
};
const tasks = items + 2;

/** Opens the page with that program ready to be run. */
export async function openInterruptible(page: Page, url: string): Promise<void> {
  await open(page, url);
  await openFile(page, 'interrupted.json', JSON.stringify(program));
  await page.waitForFunction(() => document.querySelector<HTMLSelectElement>('#program')?.value === 'own');
}

/** Starts it and waits for so much of its time. @param moment from 0 to 1 */
export async function startAndWait(page: Page, moment: number): Promise<void> {
  await start(page);
  // The start is seen later than it happened.
  await page.waitForTimeout(moment * fanOutMs * 0.7);
}

/** The right result, and nothing that had finished was done again. @returns whether it was unfinished when the page came back */
export async function expectRightEnd(page: Page): Promise<boolean> {
  await page.waitForFunction(
    () => document.querySelector('#progress')?.getAttribute('data-finished') !== '',
    undefined,
    { timeout: 30_000 },
  );
  expect(await page.getAttribute('#progress', 'data-status')).toBe('COMPLETED');
  expect(await page.textContent('#answer')).toContain('item 39 and all before');
  const journal = await journalOf(page);
  expectNoneTwice(journal, tasks);
  return wasTakenUp(journal);
}
