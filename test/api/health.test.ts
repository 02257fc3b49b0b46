import { expect, test } from 'vitest';
import { createApp } from '../../src/api/app.ts';
import { createEngine } from '../../src/index.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';

test('a process that lives says that it is healthy', async () => {
  const engine = await createEngine({ modules: [] });
  const app = createApp({
    programs: { modules: [], kernel: createJsKernel() },
    executions: { engine, programNamed: () => undefined },
  });
  const response = await app.request('http://127.0.0.1/healthz');
  expect([response.status, await response.json()]).toMatchObject([200, { status: 'healthy' }]);
});
