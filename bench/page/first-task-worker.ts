import { exposeModules } from '../../src/adapters/browser/expose-modules.ts';

exposeModules([{ name: 'first', version: '1', run: () => ({ atMs: performance.timeOrigin + performance.now() }) }]);
