import { afterAll } from 'vitest';
import { createEngine } from '../../src/browser.ts';
import { standardModulesContract } from '../contract/standard-modules.contract.ts';
import { contractedModules } from '../contract/standard-modules.ts';

const { engine } = await createEngine({
  modules: contractedModules,
  workers: 2,
  databaseName: 'modules',
  createWorker: () => new Worker(new URL('./modules-worker.ts', import.meta.url), { type: 'module' }),
  kernelUrl: new URL('/dist/kernel.wasm', location.origin),
});
afterAll(() => engine.close());

standardModulesContract('in Chromium', async () => ({
  server: `${location.origin}/call-server`,
  execute: async (program, inputs) => JSON.parse(JSON.stringify(await engine.execute(program, inputs))),
}));
