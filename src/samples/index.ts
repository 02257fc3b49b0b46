import type { AnyModule } from '../host/registry.ts';
import { standardModules } from '../modules/index.ts';
import { approvalModules } from './approval-modules.ts';
import { bookModules } from './book-modules.ts';
import { chaosModules } from './chaos-modules.ts';

export { type Sample, samples } from './programs.ts';

/** Everything the samples need. */
export const sampleModules: readonly AnyModule[] = [
  ...standardModules,
  ...bookModules,
  ...chaosModules,
  ...approvalModules,
];
