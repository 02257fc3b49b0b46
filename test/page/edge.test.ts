import type { Server } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine } from '../../src/index.ts';
import { sampleModules } from '../../src/samples/index.ts';
import { serveApi } from './serve-api.ts';
import { ended, launchStudio, runToEnd, type Studio, showTab } from './studio.ts';

let studio: Studio;
let engine: Awaited<ReturnType<typeof createEngine>>;
let server: Server;
let url: string;
beforeAll(async () => {
  studio = await launchStudio();
  engine = await createEngine({ modules: sampleModules });
  ({ server, url } = await serveApi(engine));
}, 60_000);
afterAll(async () => {
  await studio.close();
  server.close();
  server.closeAllConnections();
  await engine.close();
});

async function connect(page: Page): Promise<void> {
  await showTab(page, 'system');
  await page.fill('#edge-url', url);
  await page.click('#connect');
  await page.waitForFunction(() => document.querySelector('#badges')?.textContent?.includes('runs: http'));
}

describe('an edge', () => {
  test('the same views over its API, from the program to the last event', { timeout: 60_000 }, async () => {
    const { page, complaints } = await studio.open({}, url);
    await connect(page);
    await showTab(page, 'run');
    await page.selectOption('#program', 'chaos');
    expect(await runToEnd(page)).toBe('COMPLETED');
    expect(await page.textContent('#answer')).toContain('unknown, take a coat');
    expect(await page.locator('#graph [data-state=completed]').count()).toBe(7);
    await page.selectOption('#task', 'flight');
    expect(await page.locator('[data-testid=detail] tbody tr').count()).toBe(3);
    const id = (await page.getAttribute('#progress', 'data-execution')) ?? '';
    expect((await engine.getResult(id))?.status).toBe('COMPLETED');
    await page.waitForSelector('#log .row');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('an execution begun in the page goes on there, comes back and ends here: one timeline', {
    timeout: 90_000,
  }, async () => {
    const { page, complaints } = await studio.open({}, url);
    await page.selectOption('#program', 'approval');
    await page.click('#run');
    await page.waitForSelector('[data-testid=signal]');
    const id = (await page.getAttribute('#progress', 'data-execution')) ?? '';
    await connect(page);
    await page.click('text=Back to this page');
    await showTab(page, 'executions');
    await page.getByRole('button', { name: /^Move approval.* to http/ }).click();
    // It waits at the edge now, and no longer here.
    await page.waitForSelector('[data-testid=signal]');
    expect(await page.textContent('#badges')).toContain('runs: http');
    expect(engine.getStatus(id)).toBe('RUNNING');
    await showTab(page, 'executions');
    await page.getByRole('button', { name: /^Move approval.* to this page/ }).click();
    await page.waitForSelector('[data-testid=signal]');
    expect(await page.textContent('#badges')).toContain('runs: here');
    expect(engine.getStatus(id)).toBe('CANCELLED');
    await page.getByRole('button', { name: 'Approve' }).click();
    expect(await ended(page)).toBe('COMPLETED');
    expect(await page.getAttribute('#progress', 'data-execution')).toBe(id);
    const ids = await page.$$eval('#log .row .id', (cells) => cells.map((cell) => Number(cell.textContent)));
    expect(ids).toEqual(ids.map((_, index) => index + 1));
    await page.fill('#log-filter', 'TASK_STARTED price');
    expect(await page.locator('#log .row').count()).toBe(1);
    // An edge that cannot list its executions says 404, which browsers write down.
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await page.context().close();
  });

  test('what the edge refuses goes on in the page', { timeout: 60_000 }, async () => {
    const { page } = await studio.open({}, url);
    await page.selectOption('#program', 'approval');
    await page.click('#run');
    await page.waitForSelector('[data-testid=signal]');
    await connect(page);
    await page.click('text=Back to this page');
    await page.route('**/v1/executions:import', (route) =>
      route.fulfill({ status: 503, body: '{"code":"UNAVAILABLE"}' }),
    );
    await showTab(page, 'executions');
    await page.getByRole('button', { name: /^Move approval.* to http/ }).click();
    await page.waitForFunction(() =>
      document.querySelector('[data-testid=executions-notice]')?.textContent?.includes('it goes on in this page'),
    );
    await page.getByRole('button', { name: /^Open approval/ }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    expect(await ended(page)).toBe('COMPLETED');
    await page.context().close();
  });

  test('an address where nothing is says so, with what to do', { timeout: 60_000 }, async () => {
    const { page } = await studio.open({}, url);
    await showTab(page, 'system');
    await page.fill('#edge-url', 'http://127.0.0.1:9');
    await page.click('#connect');
    await page.waitForFunction(() => document.querySelector('[data-testid=connect-notice]')?.textContent !== '');
    expect(await page.textContent('[data-testid=connect-notice]')).toMatch(/UNREACHABLE.*is it running/);
    await page.context().close();
  });
});
