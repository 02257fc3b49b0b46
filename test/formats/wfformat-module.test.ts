import { describe, expect, test } from 'vitest';
import { type SimulatedTaskInput, simulatedTask } from '../../src/formats/wfformat-module.ts';
import type { ModuleContext } from '../../src/ports/module.ts';

function run(input: SimulatedTaskInput, signal = new AbortController().signal) {
  const context: ModuleContext = {
    signal,
    attempt: 1,
    idempotencyKey: '',
    executionId: 'e',
    taskId: 't',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    emit: () => undefined,
    progress: () => undefined,
    log: () => undefined,
    heartbeat: () => undefined,
    usage: () => undefined,
    metric: () => undefined,
    secret: () => '',
  };
  return simulatedTask.run(input, context);
}

const elapsedMs = async (work: () => unknown) => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};

describe('sim.task', () => {
  test('sleeps for the runtime times the scale', async () => {
    expect(await elapsedMs(() => run({ runtimeS: 60, scale: 0.001 }))).toBeGreaterThan(50);
  });

  test('takes a thousandth of the recorded time unless told otherwise', async () => {
    const taken = await elapsedMs(() => run({ runtimeS: 50 }));
    expect(taken).toBeGreaterThan(40);
    expect(taken).toBeLessThan(5000);
  });

  test('takes what it is not given from its options', async () => {
    expect(await elapsedMs(() => run({ runtimeS: 60, options: { scale: 0.001 } }))).toBeGreaterThan(50);
    expect(await elapsedMs(() => run({ runtimeS: 60, scale: 0, options: { scale: 1 } }))).toBeLessThan(5000);
  });

  test('returns the runtime, in both modes', async () => {
    expect(await run({ runtimeS: 0 })).toEqual({ runtimeS: 0 });
    expect(await run({ runtimeS: 20, mode: 'burn' })).toEqual({ runtimeS: 20 });
  });

  test('burns CPU in proportion', async () => {
    const burnt = async (runtimeS: number) => {
      const before = process.cpuUsage();
      await run({ runtimeS, scale: 1, mode: 'burn' });
      return process.cpuUsage(before).user;
    };
    await burnt(0.05);
    expect(await burnt(1)).toBeGreaterThan(3 * (await burnt(0.1)));
  });

  test.each(['sleep', 'burn'] as const)('stops a %s when it is told to', async (mode) => {
    const told = new AbortController();
    const running = run({ runtimeS: 3600, scale: 1, mode }, told.signal);
    setTimeout(() => told.abort(), 20);
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('does not begin when it was stopped before', async () => {
    await expect(Promise.resolve(run({ runtimeS: 3600, scale: 1 }, AbortSignal.abort()))).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});
