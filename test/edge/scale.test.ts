import { afterAll, beforeAll, expect, test } from 'vitest';
import { layered, ScaleRun } from './scale-run.ts';

let run: ScaleRun;
beforeAll(async () => {
  run = await ScaleRun.open();
}, 60_000);
afterAll(() => run.close());

test('40 executions of one program, in its own list and in the catalogue', { timeout: 60_000 }, async () => {
  const ids = await run.beginMany(40, 8, layered('many', 6, 3));
  await run.each(ids, 8, async (id) => expect(await run.untilEnded(id)).toEqual(['COMPLETED', 6]));
  for (const query of ['program=many', '']) {
    const listed = await run.listed(query);
    expect(listed.map(({ executionId }) => executionId).sort()).toEqual([...ids].sort());
    expect(listed.every(({ status }) => status === 'COMPLETED')).toBe(true);
  }
});

test('one execution of 1,000 tasks', { timeout: 60_000 }, async () => {
  expect(await run.untilEnded(await run.begin(layered('large', 1_000, 50)))).toEqual(['COMPLETED', 1_000]);
});

test('one who comes back after 2,000 events is driven again, and tells how it stands', {
  timeout: 60_000,
}, async () => {
  const { resumeMs, tellMs } = await run.resumed(2_000);
  expect(Math.min(resumeMs, tellMs)).toBeGreaterThan(0);
});
