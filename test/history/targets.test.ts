import { expect, test } from 'vitest';
import { profileOf } from '../../src/history/profile.ts';
import { targetReports } from '../../src/history/targets.ts';
import { defineModule } from '../../src/index.ts';
import { createTestEngine } from '../../src/testing.ts';
import { recordOf } from './records.ts';

test('targets are compared with what was measured', () => {
  const records = Array.from({ length: 100 }, (_, index) => recordOf({ a: index < 96 ? 100 : 900 }));
  const failed = Array.from({ length: 4 }, () => recordOf({ a: 1 }, { status: 'FAILED' }));
  const targets = { durationMs: 100, successRate: 0.97 };
  expect(targetReports({ targets }, profileOf(records))).toEqual({
    durationMs: { target: 100, measured: 100, met: true },
    successRate: { target: 0.97, measured: 1, met: true },
  });
  expect(targetReports({ targets: { ...targets, durationMs: 99 } }, profileOf([...records, ...failed]))).toEqual({
    durationMs: { target: 99, measured: 100, met: false },
    successRate: { target: 0.97, measured: 100 / 104, met: false },
  });
  expect(targetReports({ targets }, profileOf([]))).toEqual({});
  expect(targetReports({ targets }, profileOf(failed))).toEqual({
    successRate: { target: 0.97, measured: 0, met: false },
  });
  expect(targetReports({}, profileOf(records))).toEqual({});
});

test('the status of a program tells which of its targets its executions reach', async () => {
  const fails = defineModule<{ fails: boolean }, null>({
    name: 'm',
    version: '1',
    run: ({ fails: does }) => {
      if (does) throw new Error('refused');
      return null;
    },
  });
  const { engine } = createTestEngine({ modules: [fails] });
  const program = {
    heddle: 1,
    name: 'aims',
    targets: { durationMs: 30_000, successRate: 0.95 },
    nodes: { a: { module: 'm', with: '${input}' } },
  };
  for (const does of [false, true]) await engine.execute(program, { fails: does });
  expect((await engine.getExecutionStatus('aims')).targets).toEqual({
    durationMs: { target: 30_000, measured: 0, met: true },
    successRate: { target: 0.95, measured: 0.5, met: false },
  });
  const bad = { ...program, targets: { durationMs: -1, successRate: 2, speed: 1 } };
  await expect(engine.start(bad)).rejects.toMatchObject({
    errors: [{ path: 'targets.durationMs' }, { path: 'targets.successRate' }, { path: 'targets.speed' }],
  });
});
