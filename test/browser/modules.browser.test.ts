import { createEngine } from '../../src/browser.ts';
import { standardModulesContract } from '../contract/standard-modules.contract.ts';
import { contractedModules } from '../contract/standard-modules.ts';

standardModulesContract('in Chromium', async () => ({
  server: `${location.origin}/call-server`,
  async execute(program, inputs) {
    const { engine } = await createEngine({
      modules: contractedModules,
      workers: 2,
      databaseName: `modules ${program.name}`,
      createWorker: () => new Worker(new URL('./modules-worker.ts', import.meta.url), { type: 'module' }),
      kernelUrl: new URL('/dist/kernel.wasm', location.origin),
    });
    const ended = await engine.execute(program, inputs);
    await engine.close();
    return JSON.parse(JSON.stringify(ended));
  },
}));
