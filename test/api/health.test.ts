import { expect, test } from 'vitest';
import { readiness } from '../../src/api/readiness.ts';
import { as, keys } from '../contract/service.ts';
import { closed, edgeService } from '../edge/service.ts';
import { engineApp } from './engine-app.ts';

const edge = as(await edgeService(closed), keys.reader);

test('a process that lives says that it is healthy', async () => {
  const { app } = await engineApp();
  const response = await app.request('http://127.0.0.1/healthz');
  expect([response.status, await response.json()]).toMatchObject([200, { status: 'healthy' }]);
});

test('readiness by dependency, and the metrics of the engine', async () => {
  const { app, engine } = await engineApp();
  const ready = await app.request('http://127.0.0.1/readyz');
  const { status, checks } = (await ready.json()) as { status: string; checks: Record<string, unknown> };
  expect([ready.status, status]).toEqual([200, 'healthy']);
  expect(Object.keys(checks).sort()).toEqual(['breakers', 'journal', 'memory', 'records', 'runner', 'store']);
  await engine.execute({ heddle: 1, name: 'quick', nodes: { a: { module: 'test.wait', with: { ms: 1 } } } });
  const metrics = await (await app.request('http://127.0.0.1/metrics')).text();
  expect(metrics).toContain('heddle_executions_stored{status="COMPLETED"} 1\n');
  expect(metrics).toMatch(/^heddle_tasks_total\{.*\} 1$/m);
  // Every family is told once.
  const families = [...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(new Set(families).size).toBe(families.length);
});

test('what fails makes a service not ready; what is only degraded does not; reasons are not for everybody', async () => {
  const check = { status: 'healthy' } as const;
  const health = async () =>
    ({
      status: 'degraded',
      checks: { store: check, runner: check, memory: check, breakers: { status: 'degraded', message: 'secret' } },
    }) as const;
  const degraded = await readiness({ health, checks: { records: () => 1 } });
  expect(degraded).toMatchObject({ isReady: true, status: 'degraded', checks: { breakers: { status: 'degraded' } } });
  expect(JSON.stringify(degraded)).not.toContain('secret');
  const failing = { records: () => Promise.reject(new Error('secret')) };
  expect(await readiness({ checks: failing })).toEqual({
    ...{ isReady: false, status: 'degraded' },
    checks: { records: { status: 'degraded' } },
  });
  const unhealthy = async () => ({ ...(await health()), status: 'unhealthy' }) as const;
  expect(await readiness({ health: unhealthy })).toMatchObject({ isReady: false, status: 'degraded' });
});

test('at the edge, readiness asks an object of each kind, and the metrics are those of the tenant', async () => {
  const ready = await edge('/readyz');
  expect([ready.status, await ready.json()]).toEqual([
    200,
    {
      status: 'healthy',
      checks: Object.fromEntries(['catalogue', 'programs', 'cache'].map((name) => [name, { status: 'healthy' }])),
    },
  ]);
  const metrics = await (await edge('/metrics')).text();
  expect(metrics).toContain('heddle_executions_stored{status="COMPLETED"} 0\n');
  expect(metrics).toContain('heddle_objects_overdue 0\n');
});
