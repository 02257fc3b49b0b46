import type { AnyModule } from '../../src/host/registry.ts';
import { httpFetchUnder, notifyUnder, standardModules, voxModules } from '../../src/modules/index.ts';

/** Only the server of the tests may be called. */
const server = { loopback: true, hosts: ['127.0.0.1', 'localhost'], timeoutMs: 5000, bytesMax: 10_000 };

/** The standard modules, and those of workplans, allowed to call this machine. */
export const contractedModules: readonly AnyModule[] = [
  ...standardModules.filter(({ name }) => name !== 'http.fetch' && name !== 'notify'),
  httpFetchUnder(server),
  notifyUnder(server),
  ...voxModules,
];
