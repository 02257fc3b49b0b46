import type { Page } from 'playwright-core';

/** Needed by {@link heapOf}, and makes it answer at once. */
export const heapFlag = '--enable-blink-features=ForceEagerMeasureMemory';

/** Bytes of living objects of the page and of all its workers, after a collection. */
export function heapOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const measuring = performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> };
    return (await measuring.measureUserAgentSpecificMemory()).bytes;
  });
}

/** Executes a program of two tasks so many times, one after another. */
export function executeTimes(page: Page, times: number): Promise<void> {
  return page.evaluate(async (count) => {
    const nodes = {
      a: { module: 'quick', with: { n: 1 } },
      b: { module: 'quick', with: { n: '${a.n}' } },
    };
    for (let time = 0; time < count; time++) {
      const { status } = await window.tab.engine.execute({ heddle: 1, name: 'quick', nodes, outputs: {} });
      if (status !== 'COMPLETED') throw new Error(status);
    }
  }, times);
}
