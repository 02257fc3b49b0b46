import { beforeAll, describe, expect, test } from 'vitest';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { bundleFaultWorker, chain, FaultRun, layers, layerWidth, type Point, tasks } from '../edge/fault-run.ts';
import type { BundledWorker } from '../edge/workerd.ts';

let worker: BundledWorker;
beforeAll(async () => {
  worker = await bundleFaultWorker();
});

const points: readonly Point[] = ['before', 'about', 'effect', 'after'];
const boundaries = points.flatMap((point) => Array.from({ length: tasks }, (_, n) => ({ point, at: n + 1 })));

describe(`SIGKILL at each of ${boundaries.length} boundaries of an execution of its own`, () => {
  test.each(boundaries)('$point $at', { timeout: 120_000 }, async (boundary) => {
    const run = await FaultRun.open(worker);
    try {
      const { reached } = await run.boot(boundary);
      const begun = run.begin(chain(run.ledger.url)).catch(() => undefined);
      // Whoever dies at the first commit dies before the start was acknowledged: nothing was promised, and what was begun goes on.
      const isUnacknowledged = boundary.at === 1 && (boundary.point === 'before' || boundary.point === 'after');
      await (isUnacknowledged ? reached : begun);
      expect(await run.killWhen(reached)).toBe(true);
      await run.boot();
      if (isUnacknowledged && !(await run.adopt())) return;
      await run.expectWhole();
    } finally {
      await run.close();
    }
  });
});

describe('SIGKILL at 100 random moments', () => {
  const random = new SeededRandom(20261121);
  const moments = Array.from({ length: 100 }, () => random.next());
  test.each(moments.map((moment, index) => [index + 1, moment] as const))(
    'moment %i',
    { timeout: 120_000 },
    async (_, moment) => {
      const run = await FaultRun.open(worker);
      try {
        await run.boot();
        await run.begin(layers(run.ledger.url, 10));
        await run.killWhen(new Promise((resolve) => setTimeout(resolve, moment * 600)));
        await run.boot();
        await run.expectWhole(layerWidth);
      } finally {
        await run.close();
      }
    },
  );
});
