import { afterAll, beforeAll, expect } from 'vitest';
import { createEngine } from '../../src/index.ts';
import { standardModulesContract } from '../contract/standard-modules.contract.ts';
import { contractedModules } from '../contract/standard-modules.ts';
import { bundleWorker, Workerd } from '../edge/workerd.ts';
import { startCallServer } from '../support/call-server.ts';

const server = await startCallServer();
let workerd: Workerd;
beforeAll(async () => {
  workerd = await Workerd.temporary(await bundleWorker('test/edge/modules-worker.ts'));
}, 60_000);
afterAll(async () => {
  await workerd.stop();
  server.close();
});

standardModulesContract('in this process', async () => ({
  server: server.url,
  async execute(program, inputs) {
    const engine = await createEngine({ modules: contractedModules });
    const ended = await engine.execute(program, inputs);
    await engine.close();
    return JSON.parse(JSON.stringify(ended));
  },
}));

standardModulesContract('on workerd', async () => ({
  server: server.url,
  async execute(program, inputs) {
    const { status, body } = await workerd.post('/v1/executions', { program, inputs }, { prefer: 'wait=30' });
    expect(status).toBe(200);
    return body;
  },
}));
