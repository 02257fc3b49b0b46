import { exposeModules } from '../../src/browser.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

exposeModules([
  {
    name: 'effect',
    version: '1',
    /** Something that happens in the world: a call that the server counts by its key. */
    async run({ n, ms }: { n: number; ms: number }, ctx) {
      await fetch(`/effect?key=${ctx.idempotencyKey}`, { method: 'POST' });
      await wait(ms);
      return { n };
    },
  },
  { name: 'quick', version: '1', run: ({ n }: { n: number }) => ({ n }) },
]);
