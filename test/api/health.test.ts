import { expect, test } from 'vitest';
import { engineApp } from './engine-app.ts';

test('a process that lives says that it is healthy', async () => {
  const { app } = await engineApp();
  const response = await app.request('http://127.0.0.1/healthz');
  expect([response.status, await response.json()]).toMatchObject([200, { status: 'healthy' }]);
});
