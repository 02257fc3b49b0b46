import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchPersistent } from '../support/chromium.ts';
import { violations } from './axe.ts';
import { expectRightEnd, openInterruptible, startAndWait } from './interrupted-run.ts';
import { open, start } from './page.ts';
import { servePage } from './serve-page.ts';
import { ended, launchStudio, pageFolder, runToEnd, type Studio } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await launchStudio();
}, 60_000);
afterAll(() => studio.close());

const textOf = async (page: Page, selector: string): Promise<string> => (await page.textContent(selector)) ?? '';
const losses = (page: Page): Promise<number> => page.locator('[data-testid=loss]').count();

/** Overwrites what says which files a LevelDB consists of. */
function damageDatabase(profile: string): void {
  const folder = join(profile, 'Default/IndexedDB');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /MANIFEST-\d+$/.test(file));
  expect(files).toHaveLength(1);
  for (const file of files) writeFileSync(join(folder, file), readFileSync(join(folder, file)).fill(0x5a));
}

test('a browser that finds its database damaged and begins anew: told until it is read, and all works', {
  timeout: 60_000,
}, async () => {
  const profile = mkdtempSync(join(tmpdir(), 'heddle-damaged-'));
  const { server, url } = await servePage(pageFolder);
  const launch = async () => {
    const { context } = await launchPersistent(profile);
    const page = context.pages()[0] ?? (await context.newPage());
    await open(page, url);
    return { context, page };
  };
  const first = await launch();
  expect(await losses(first.page)).toBe(0);
  await first.page.selectOption('#program', 'approval');
  await start(first.page);
  await first.page.waitForSelector('[data-testid=signal]');
  await first.context.close();
  damageDatabase(profile);

  const { context, page } = await launch();
  expect(await textOf(page, '[data-testid=loss]')).toMatch(/are gone.*It said: IndexedDB \(database was corrupt\)/s);
  expect(await textOf(page, '#notice')).toBe('Press Run.');
  expect(await violations(page)).toEqual([]);
  await page.selectOption('#program', 'approval');
  await start(page);
  await page.waitForSelector('[data-testid=signal]');
  await page.reload();
  await page.waitForSelector('body[data-ready]');
  expect(await textOf(page, '#notice')).toMatch(/^Resumed/);
  expect(await losses(page)).toBe(1);
  await page.getByRole('button', { name: 'I have read it' }).click();
  expect(await losses(page)).toBe(0);
  await page.reload();
  await page.waitForSelector('body[data-ready]');
  expect(await losses(page)).toBe(0);
  await page.getByRole('button', { name: 'Approve' }).click();
  expect(await ended(page)).toBe('COMPLETED');
  await context.close();
  server.close();
  rmSync(profile, { recursive: true, force: true });
});

/** Overwrites the journal of the newest execution, and has it stand as unfinished. */
async function damageNewest(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open('heddle'));
    const transaction = database.transaction(['executions', 'standings', 'commits'], 'readwrite');
    const [executions, standings, commits] = (['executions', 'standings', 'commits'] as const).map((name) =>
      transaction.objectStore(name),
    ) as [IDBObjectStore, IDBObjectStore, IDBObjectStore];
    const newest = (await settled(executions.index('newest').openCursor(null, 'prev')))?.value;
    const id = newest.executionId as string;
    await settled(standings.put({ ...(await settled(standings.get(id))), status: 'RUNNING' }));
    for (const commit of await settled(commits.getAll(IDBKeyRange.bound([id, 0], [id, 1e9]))))
      if (commit.bytes !== undefined) await settled(commits.put({ ...commit, bytes: commit.bytes.map(() => 0xff) }));
    database.close();
    return id;
  });
}

test('a damaged execution is told of, and keeps no other from being resumed or shown', {
  timeout: 60_000,
}, async () => {
  const { page, complaints } = await studio.open();
  const shown = (): Promise<string | null> => page.getAttribute('#progress', 'data-execution');
  await page.selectOption('#program', 'chaos');
  expect(await runToEnd(page)).toBe('COMPLETED');
  const older = await shown();
  expect(await runToEnd(page)).toBe('COMPLETED');
  expect(await damageNewest(page)).toBe(await shown());
  await page.reload();
  await page.waitForSelector('body[data-ready]');
  expect(await textOf(page, '#notice')).toMatch(/^The last run could not be opened: CORRUPT/);
  expect(await shown()).toBe(older);
  expect(await ended(page)).toBe('COMPLETED');
  // One that goes on is resumed beside it.
  await page.selectOption('#program', 'approval');
  await start(page);
  await page.waitForSelector('[data-testid=signal]');
  const waiting = await shown();
  await page.reload();
  await page.waitForSelector('body[data-ready]');
  expect(await textOf(page, '#notice')).toMatch(/^Resumed/);
  expect(await shown()).toBe(waiting);
  expect(complaints).toEqual([]);
  await page.context().close();
});

/** Put before the script of the engine's worker: no database can be opened until the page says so. */
const failing = `
const { open } = IDBFactory.prototype;
let fails = true;
new BroadcastChannel('test:heal').onmessage = () => { fails = false; };
IDBFactory.prototype.open = function (...given) {
  if (fails) throw new DOMException('Internal error opening backing store for indexedDB.open.', 'UnknownError');
  return open.apply(this, given);
};
`;

test('storage that fails on load: told, and what was unfinished is shown as soon as it works', {
  timeout: 60_000,
}, async () => {
  // The service worker would answer for what is changed here.
  const { page, complaints } = await studio.open({ serviceWorkers: 'block' });
  await openInterruptible(page, studio.url);
  await startAndWait(page, 0.2);
  await page.route('**/web-worker.js', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: failing + (await answer.text()) });
  });
  await page.reload();
  await page.waitForFunction(() => document.querySelector('#app')?.textContent?.includes('The storage fails'));
  await page.waitForSelector('body[data-ready]');
  expect(await textOf(page, '#notice')).toMatch(/^What has run before cannot be read now/);
  expect(await textOf(page, '[data-testid=storage]')).toMatch(/Nothing is being saved.*Internal error opening/s);
  expect(await violations(page)).toEqual([]);
  await page.evaluate(() => new BroadcastChannel('test:heal').postMessage(''));
  await page.waitForSelector('[data-testid=storage][data-state=ok]', { state: 'attached' });
  await expect.poll(() => textOf(page, '#notice'), { timeout: 10_000 }).toMatch(/^(Resumed|Done)/);
  await expectRightEnd(page);
  expect(complaints).toEqual([]);
  await page.context().close();
});
