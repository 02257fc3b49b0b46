import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { artifacts, launchStudio, openFile, runToEnd, type Studio } from './studio.ts';

let studio: Studio;
beforeAll(async () => {
  studio = await launchStudio();
}, 60_000);
afterAll(() => studio.close());

test('the timeline shows slots and resources in use against what there is of them', { timeout: 60_000 }, async () => {
  const { page, complaints } = await studio.open({ viewport: { width: 1440, height: 900 } });
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  const nodes: Record<string, unknown> = {};
  for (let index = 0; index < 6; index++)
    nodes[`part-${index}`] = {
      module: 'chaos.steady',
      with: { what: 'x', ms: 150 + 40 * index },
      resources: { cpu_cores: index === 3 ? cores : cores / 2, memory_mb: 256 },
    };
  await openFile(page, 'cores.json', JSON.stringify({ heddle: 1, name: 'cores', strategy: 'resource_aware', nodes }));
  expect(await runToEnd(page)).toBe('COMPLETED');
  const told = (await page.getAttribute('#timeline', 'aria-label')) ?? '';
  expect(told).toMatch(/at most 2 of \d+ slots in use/);
  expect(told).toContain(`at most ${cores} of ${cores} cpu_cores in use`);
  expect(told).toMatch(/at most 512( of \d+k?)? memory_mb in use/);
  const box = await page.locator('#timeline canvas').boundingBox();
  const words = new Set<string>();
  for (let y = 0; y < 140; y += 6) {
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + y);
    // What is pointed at is told with the next drawing.
    await page.waitForTimeout(50);
    words.add((await page.textContent('.told')) ?? '');
  }
  expect([...words].filter((each) => /in use at/.test(each)).length).toBeGreaterThanOrEqual(2);
  await page.screenshot({ path: join(artifacts, 'studio-usage.png'), fullPage: true });
  expect(complaints).toEqual([]);
  await page.context().close();
});
