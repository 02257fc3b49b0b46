import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAnswer, open, start } from './page.ts';
import { servePage } from './serve-page.ts';
import { launchStudio, pageFolder, type Studio, showTab, tabs } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await launchStudio();
}, 60_000);
afterAll(() => studio.close());

describe('any static host', () => {
  test('from a sub-folder, and then without the network', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-host-'));
    cpSync(pageFolder, join(folder, 'some/where'), { recursive: true });
    const { server, url } = await servePage(folder);
    const { page, complaints } = await studio.open({}, `${url}some/where/`);
    await page.waitForFunction(() => document.querySelector('#badges')?.textContent?.includes('works offline'));
    // Not only by the browser's word: the server is gone.
    server.close();
    server.closeAllConnections();
    await page.reload();
    await page.waitForSelector('body[data-ready]');
    await start(page);
    await expectAnswer(page);
    for (const tab of tabs) await showTab(page, tab);
    await page.click('#tab-programs');
    await page.fill('#editor', 'heddle: 1\nname: mine\nnodes:\n  a: { module: chaos.steady, with: { what: x } }\n');
    await page.click('#run-edited');
    await page.waitForFunction(() => document.querySelector('#progress')?.getAttribute('data-status') === 'COMPLETED');
    expect(complaints).toEqual([]);
    await page.context().close();
    rmSync(folder, { recursive: true });
  });

  test('an API at the same origin is never answered from what is kept', { timeout: 60_000 }, async () => {
    const { page } = await studio.open();
    await page.waitForFunction(() => document.querySelector('#badges')?.textContent?.includes('works offline'));
    await open(page, studio.url);
    const answers = await page.evaluate(() =>
      Promise.all(['v1/executions', 'healthz', 'main.js?other'].map(async (path) => (await fetch(path)).status)),
    );
    expect(answers).toEqual([404, 404, 200]);
    await page.context().close();
  });
});
