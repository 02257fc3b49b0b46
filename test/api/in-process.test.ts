import { createApp } from '../../src/api/app.ts';
import { createEngine } from '../../src/index.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { apiContract } from '../contract/api.contract.ts';
import { homeModules } from '../homes/home-modules.ts';

const engine = await createEngine({ modules: homeModules });
const app = createApp({
  programs: { modules: homeModules, kernel: createJsKernel() },
  executions: { engine, programNamed: () => undefined },
});

apiContract('over an engine in this process', (path, init) => app.request(`http://127.0.0.1${path}`, init));
