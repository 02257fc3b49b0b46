import { HeddleError } from '../../src/errors.ts';
import type { AnyModule } from '../../src/host/registry.ts';
import described from '../../src/samples/index.ts?described';

/** The modules of the samples by what they are called and take: their code is in the workers alone. */
export const describedModules: readonly AnyModule[] = described.map((module) => ({
  ...module,
  run() {
    throw new HeddleError({ code: 'NOT_ALLOWED', message: `${module.name} runs in a worker, not in the page` });
  },
}));
