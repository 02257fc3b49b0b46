import { exposeModules } from '../../src/adapters/browser/expose-modules.ts';

exposeModules([{ name: 'noop', version: '1.0.0', run: () => ({ ok: true }) }]);
