import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { createEngine } from '../../src/index.ts';
import { engineApp } from '../api/engine-app.ts';
import { clientContract } from '../contract/client.contract.ts';
import { homeModules } from '../homes/home-modules.ts';

const { app } = await engineApp();

clientContract(
  'over an engine in this process',
  (path, init) => app.request(`http://127.0.0.1${path}`, init),
  () => createEngine({ modules: homeModules }),
);

test('a service that is not there is told about, after a few tries', async () => {
  const engine = createClient({ url: 'http://127.0.0.1:9', triesMax: 2 });
  await expect(engine.list()).rejects.toMatchObject({ code: 'STORAGE_FAILED', hint: 'is the service running there?' });
});

test('a client that is closed ends what it follows', async () => {
  const engine = createClient({ url: 'http://127.0.0.1', fetch: (request) => app.fetch(request) });
  const { id } = await engine.start({ heddle: 1, name: 'sleeps', nodes: { a: { sleepMs: 600_000 } } });
  const following = (async () => {
    for await (const _ of engine.monitor(id));
  })();
  await new Promise((wake) => setTimeout(wake, 50));
  await engine.close();
  await expect(following).rejects.toMatchObject({ code: 'ABORTED' });
});
