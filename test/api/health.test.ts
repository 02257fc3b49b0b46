import { expect, test } from 'vitest';
import { engineApp } from './engine-app.ts';

test('a process that lives says that it is healthy', async () => {
  const { app } = await engineApp();
  const response = await app.request('http://127.0.0.1/healthz');
  expect([response.status, await response.json()]).toMatchObject([200, { status: 'healthy' }]);
});

test('readiness, by dependency, and metrics are served', async () => {
  const { app } = await engineApp();
  const ready = await app.request('http://127.0.0.1/readyz');
  const checks = { journal: { status: 'healthy' }, records: { status: 'healthy' } };
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'healthy', checks }]);
  const metrics = await (await app.request('http://127.0.0.1/metrics')).text();
  expect(metrics).toContain('heddle_executions{status="COMPLETED"} 0');
});
