import { expect } from 'vitest';
import { bundleFaultWorker, FaultRun, layers, layerWidth } from './fault-run.ts';

/**
 * Aborts the objects of executions in the middle of everything, so many times in all, each execution up to `perExecution`
 * times, and expects every execution to be whole. @returns how often one was really interrupted
 */
export async function abortOften(aborts: number, perExecution: number): Promise<number> {
  const worker = await bundleFaultWorker();
  let interrupted = 0;
  for (let done = 0; done < aborts; ) {
    const run = await FaultRun.open(worker);
    try {
      await run.boot();
      await run.begin(layers(run.ledger.url, 15));
      for (let times = 0; times < perExecution && done < aborts; times++) {
        await new Promise((resolve) => setTimeout(resolve, 20 + ((done * 37) % 60)));
        const { body } = await run.workerd.json(`/v1/executions/${run.id}`);
        if ((body as { status: string }).status !== 'RUNNING') break;
        expect(await run.abort()).toContain('the test wants it');
        interrupted++;
        done++;
      }
      await run.expectWhole(layerWidth);
    } finally {
      await run.close();
    }
  }
  return interrupted;
}
