import { afterEach, expect, test } from 'vitest';
import { type BrowserExecutionEngine, createEngine, type StorageStatus } from '../../../src/browser.ts';
import { isHeddleError } from '../../../src/errors.ts';
import { homeModules } from '../../homes/home-modules.ts';
import { type Fault, failFrom, installFaults, noFaults } from './failing-idb.ts';

installFaults();
afterEach(() => void noFaults());

const program = {
  heddle: 1,
  name: 'faulty',
  nodes: {
    a: { module: 'test.wait', with: { ms: 1 } },
    b: { module: 'test.wait', with: { ms: 2 }, needs: ['a'] },
  },
  outputs: { a: '${a.waited}', b: '${b.waited}' },
} as const;
const faults: readonly Fault[] = ['QuotaExceededError', 'AbortError', 'closed', 'UnknownError'];

const patience = { timeout: 15_000, interval: 5 };

const timeOut = (ms: number, what: string) =>
  new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`${what} did not settle in ${ms} ms`)), ms));
const settled = <T>(promise: Promise<T>, what: string, ms = 15_000): Promise<T> =>
  Promise.race([promise, timeOut(ms, what)]);

async function openEngine(databaseName: string) {
  const told: StorageStatus[] = [];
  const { engine } = await settled(
    createEngine({
      // Where the faults are.
      thread: 'page',
      modules: homeModules,
      databaseName,
      workers: 1,
      createWorker: () => new Worker(new URL('../home-worker.ts', import.meta.url), { type: 'module' }),
      kernelUrl: new URL('/dist/kernel.wasm', location.origin),
      onStorageChange: (status) => told.push(status),
    }),
    'createEngine',
  );
  return { engine, told };
}

/** Starts until it is accepted: a refused start was told, and its id may be used again when nothing of it is stored. */
async function startAtLast(engine: BrowserExecutionEngine, executionId: string) {
  let refusals = 0;
  for (;;) {
    try {
      return { handle: await settled(engine.start(program, {}, { executionId }), 'start'), refusals };
    } catch (thrown) {
      if (!isHeddleError(thrown)) throw thrown;
      refusals++;
      if (thrown.code === 'ALREADY_EXISTS') {
        const opened = await settled(engine.open(executionId), 'open').catch((error) => {
          if (!isHeddleError(error)) throw error;
          return undefined;
        });
        if (opened !== undefined) return { handle: opened, refusals };
      } else expect(thrown.code).toBe('STORAGE_FAILED');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Fails every `stride`-th operation of an execution once, and then all from some on for a time, in every way the storage can. */
export function storageFaults(stride: number): void {
  test.each(faults)(
    'every operation of an execution fails once with %s: always settled, told, and right',
    { timeout: 120_000 },
    async (fault) => {
      const { engine, told } = await openEngine(`faults-${fault}`);
      await engine.execute(program);
      let failures = 0;
      let tries = 0;
      for (let more = true; more; tries++) {
        const k = 1 + tries * stride;
        const before = told.length;
        failFrom(fault, k, 1);
        const { handle } = await startAtLast(engine, `once-${k}`);
        const { status, result } = await settled(handle.result(), `result ${k}`);
        // The record of the execution is written in the background: its operations count too.
        await new Promise((resolve) => setTimeout(resolve, 5));
        const { failed } = noFaults();
        more = failed > 0;
        failures += failed;
        expect({ k, status, result }).toEqual({ k, status: 'COMPLETED', result: { a: 1, b: 2 } });
        const { result: stored } = await settled((await engine.open(`once-${k}`)).result(), 'stored');
        expect(stored).toEqual({ a: 1, b: 2 });
        // A connection that is closed is only found out by the next operation, if there is one.
        if (failed > 0 && fault !== 'closed')
          await expect.poll(() => told.slice(before).some(({ state }) => state === 'failing'), patience).toBe(true);
        await expect.poll(() => engine.storage.state, patience).toBe('ok');
      }
      expect(failures).toBeGreaterThanOrEqual(Math.floor(20 / stride));
      expect(tries - 1).toBe(failures);
      await engine.close();
    },
  );

  test.each(faults)(
    'from the k-th operation on all fail with %s for a time: told, and it goes on by itself',
    { timeout: 120_000 },
    async (fault) => {
      const { engine, told } = await openEngine(`outage-${fault}`);
      for (let k = 1; k <= 41; k += 8 * stride) {
        failFrom(fault, k, 1_000_000);
        const before = told.length;
        const lasted = new Promise((resolve) => setTimeout(resolve, 250)).then(() => noFaults());
        const { handle } = await startAtLast(engine, `outage-${k}`);
        const { status, result } = await settled(handle.result(), `result ${k}`);
        const { failed } = await lasted;
        expect({ k, status, result }).toEqual({ k, status: 'COMPLETED', result: { a: 1, b: 2 } });
        if (failed > 0 && fault !== 'closed') expect(told.slice(before).map(({ state }) => state)).toContain('failing');
      }
      await expect.poll(() => engine.storage.state, patience).toBe('ok');
      await engine.close();
    },
  );
}
