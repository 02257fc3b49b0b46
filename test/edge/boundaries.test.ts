import { beforeAll, expect, test } from 'vitest';
import { bundleFaultWorker, chain, FaultRun, type Point } from './fault-run.ts';
import type { BundledWorker } from './workerd.ts';

let worker: BundledWorker;
beforeAll(async () => {
  worker = await bundleFaultWorker();
});

const points: readonly Point[] = ['before', 'about', 'effect', 'after'];
const kills = 20;

test(`SIGKILL at ${kills} boundaries of one execution: before intent, after intent, after effect, after result`, {
  timeout: 120_000,
}, async () => {
  const run = await FaultRun.open(worker);
  try {
    for (let kill = 0; kill < kills; kill++) {
      const point = points[kill % points.length] ?? 'before';
      // The first commit of a boot is that of its recovery; what is killed is the work after it.
      const boundary = { point, at: point === 'before' || point === 'after' ? 3 : 1 + (kill % 3) };
      const { reached } = await run.boot(kill === 0 ? undefined : boundary);
      if (kill === 0) await run.begin(chain(run.ledger.url));
      expect(await run.killWhen(kill === 0 ? Promise.resolve() : reached), `${point} ${kill}`).toBe(true);
    }
    await run.boot();
    await run.expectWhole();
    expect(run.kills).toBe(kills);
  } finally {
    await run.close();
  }
});
