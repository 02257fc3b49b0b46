import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';

/** A chain of effects, each taking that long. */
export function chain(length: number, ms: number) {
  const nodes = Object.fromEntries(
    Array.from({ length }, (_, n) => [
      `n${n}`,
      { module: 'effect', with: { n, ms }, ...(n > 0 && { needs: [`n${n - 1}`] }) },
    ]),
  );
  return { heddle: 1, name: 'chain', nodes, outputs: { last: `\${n${length - 1}.n}` } };
}

export async function openTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForSelector('body[data-ready]', { state: 'attached', timeout: 30_000 });
  return page;
}

/** @returns whether this tab began it; another may have been faster */
export function tryStart(page: Page, executionId: string, program: object): Promise<boolean> {
  return page.evaluate(
    async ([id, source]) => {
      try {
        await window.tab.engine.start(source as never, {}, { executionId: id as string });
        return true;
      } catch (thrown) {
        const { code } = thrown as { code: string };
        if (code === 'ALREADY_EXISTS' || code === 'LEASE_UNAVAILABLE') return false;
        throw thrown;
      }
    },
    [executionId, program] as const,
  );
}

/** Who drives it, as this tab knows; opened when it is not yet. */
export function roleIn(page: Page, executionId: string): Promise<string | undefined> {
  return page.evaluate(async (id) => {
    await window.tab.engine.open(id);
    return window.tab.engine.roleOf(id);
  }, executionId);
}

/** Ms until this tab drives it. */
export function untilDriving(page: Page, executionId: string): Promise<number> {
  return page.evaluate(async (id) => {
    const sinceMs = performance.now();
    while (window.tab.engine.roleOf(id) !== 'driving') await new Promise((resolve) => setTimeout(resolve, 10));
    return performance.now() - sinceMs;
  }, executionId);
}

export interface Told {
  readonly status: string;
  readonly result: unknown;
  readonly completed: readonly string[];
  readonly recoveries: number;
}

export async function endOf(page: Page, executionId: string): Promise<Told> {
  return page.evaluate(async (id) => {
    const { status, result, timeline } = await (await window.tab.engine.open(id)).result();
    return {
      status,
      result,
      completed: timeline.filter(({ type }) => type === 'TASK_COMPLETED').map(({ taskId }) => taskId ?? ''),
      recoveries: timeline.filter(({ type }) => type === 'RECOVERY_INITIATED').length,
    };
  }, executionId);
}

/** It ended well, and nothing that had finished was run again. */
export function expectChain(told: Told, length: number): void {
  expect(told).toMatchObject({ status: 'COMPLETED', result: { last: length - 1 } });
  expect(told.completed).toEqual(Array.from({ length }, (_, n) => `n${n}`));
}

/** The process id of the tab's renderer: the one that works when the tab does. */
export async function rendererOf(page: Page, session: CDPSession): Promise<number> {
  const spent = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await spent();
  await page.evaluate(() => {
    for (const until = performance.now() + 400; performance.now() < until; );
  });
  const more = [...(await spent())].map(([id, cpuTime]) => ({ id, cpuTime: cpuTime - (before.get(id) ?? 0) }));
  const busiest = more.sort((a, b) => b.cpuTime - a.cpuTime)[0];
  if (busiest === undefined) throw new Error('the browser names no renderer');
  return busiest.id;
}
