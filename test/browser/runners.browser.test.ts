import { expect, test } from 'vitest';
import { WebLockLeaseKeeper } from '../../src/adapters/browser/web-lock-lease-keeper.ts';
import { WorkerPoolRunner } from '../../src/adapters/browser/worker-pool-runner.ts';
import type { ErrorData } from '../../src/errors.ts';
import { leaseKeeperContract } from '../contract/lease-keeper.contract.ts';
import { moduleRunnerContract } from '../contract/module-runner.contract.ts';

moduleRunnerContract('Web Workers', {
  open: () =>
    new WorkerPoolRunner({
      createWorker: () => new Worker(new URL('./contract-worker.ts', import.meta.url), { type: 'module' }),
      size: 2,
    }),
  killsLoops: true,
});

leaseKeeperContract('Web Locks', () => [
  new WebLockLeaseKeeper(navigator.locks),
  new WebLockLeaseKeeper(navigator.locks),
]);

test('a worker whose script is missing fails the call with RUNNER_LOST', async () => {
  const runner = new WorkerPoolRunner({
    createWorker: () => new Worker('/there-is-no-such-script.js', { type: 'module' }),
    size: 1,
  });
  const ignore = (): void => undefined;
  const error = await new Promise<ErrorData>((resolve, reject) => {
    const call = { executionId: 'ex', taskId: 't', attempt: 1, generation: 0, module: 'echo', input: 1 };
    runner.start(call, {
      succeeded: reject,
      failed: resolve,
      emitted: ignore,
      progressed: ignore,
      logged: ignore,
      used: ignore,
      heartbeat: ignore,
    });
  });
  expect(error).toMatchObject({ code: 'RUNNER_LOST', retryable: true });
});
