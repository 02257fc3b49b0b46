import type { AnyModule } from '../../src/host/registry.ts';

/** Modules whose behaviour follows from their input and attempt alone, the same in every home. */
export const homeModules: readonly AnyModule[] = [
  {
    name: 'test.wait',
    version: '1',
    async run({ ms }: { ms: number }) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return { waited: ms };
    },
  },
  {
    name: 'test.flaky',
    version: '1',
    run({ failures }: { failures: number }, ctx) {
      if (ctx.attempt <= failures)
        throw Object.assign(new Error(`attempt ${ctx.attempt} fails on purpose`), { code: 'ON_PURPOSE' });
      return { attempt: ctx.attempt };
    },
  },
];
