import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { decode } from '../../src/program/canonical.ts';

export const expectedQuotation = 'he now used his coffin for a sea-chest';

/** Opens the page and waits until it can be used. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForSelector('body[data-ready]', { timeout: 20_000 });
}

/** Starts the program that is shown; resolves when the start is acknowledged. */
export async function start(page: Page): Promise<void> {
  await page.click('#run');
  await page.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'RUNNING');
}

/** Waits for the end and expects the right answer. */
export async function expectAnswer(page: Page): Promise<void> {
  await page.waitForSelector('[data-testid=quotation]', { timeout: 30_000 });
  expect(await page.textContent('[data-testid=quotation]')).toContain(expectedQuotation);
  expect(await page.getAttribute('#progress', 'data-status')).toBe('COMPLETED');
}

interface Journaled {
  readonly type: string;
  readonly node?: string;
  readonly item?: number;
  readonly seq: number;
}

/** The successes of a turn, told together. */
type Successes = readonly [seq: number, atMs: number, epoch: number, attempts: unknown, nodes: readonly string[]];

/** The newest journal in IndexedDB, read by other means than the product's. */
export async function journalOf(page: Page): Promise<readonly Journaled[]> {
  const packed = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('heddle');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const all = (store: string) =>
      new Promise<Record<string, unknown>[]>((resolve) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
      });
    const executions = await all('executions');
    const newest = executions.sort((a, b) => Number(b.createdAtMs) - Number(a.createdAtMs))[0]?.executionId;
    const commits = (await all('commits')).filter((commit) => commit.executionId === newest && !('fence' in commit));
    database.close();
    return commits.map((commit) => Array.from(commit.bytes as Uint8Array));
  });
  return packed.flatMap((bytes) =>
    (decode(Uint8Array.from(bytes)) as unknown as readonly (Journaled | Successes)[]).flatMap((each) => {
      if ('type' in each) {
        const { type, node, item, seq } = each;
        return [{ type, seq, ...(node !== undefined && { node }), ...(item !== undefined && { item }) }];
      }
      const [seq, , , , nodes] = each;
      return nodes.map((node, index) => ({ type: 'AttemptSucceeded', seq: seq + index, node }));
    }),
  );
}

/** Whether a second host took the execution up: what a page says of it is soon followed by what it says of the end. */
export function wasTakenUp(journal: readonly Journaled[]): boolean {
  return journal.filter(({ type }) => type === 'LeaseAcquired').length > 1;
}

/** Every task has succeeded exactly once, and the journal has no gap. */
export function expectNoneTwice(journal: readonly Journaled[], tasks = 105): void {
  expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, index) => index + 1));
  const succeeded = journal
    .filter(({ type }) => type === 'AttemptSucceeded')
    .map(({ node, item }) => `${node}[${item}]`);
  expect(new Set(succeeded).size).toBe(succeeded.length);
  expect(succeeded.length).toBe(tasks);
}
