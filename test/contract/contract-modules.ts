import type { AnyModule } from '../../src/host/registry.ts';

/** The modules the runner contract is about. */
export const contractModules: readonly AnyModule[] = [
  { name: 'echo', version: '1', run: (input) => input },
  {
    name: 'throw',
    version: '1',
    run(what) {
      if (what === 'error') throw new Error('on purpose');
      if (what === 'coded') throw Object.assign(new Error('no money'), { code: 'PAYMENT_REFUSED', retryable: false });
      if (what === 'text') throw 'a text';
      throw undefined;
    },
  },
  { name: 'function', version: '1', run: () => () => 1 },
  {
    name: 'forever',
    version: '1',
    run(_, ctx) {
      ctx.emit('begun');
      return new Promise((_resolve, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)));
    },
  },
  {
    name: 'loop',
    version: '1',
    run() {
      for (;;);
    },
  },
  {
    name: 'strict',
    version: '1',
    input: { type: 'object', properties: { n: { type: 'number' } } },
    run: (input) => input,
  },
  {
    name: 'talk',
    version: '1',
    run(_, ctx) {
      ctx.emit('chunk');
      ctx.progress(0.5);
      ctx.log('logged');
      ctx.usage({ inputTokens: 3, costUsd: null });
      ctx.metric('pages', 2);
      return 'said';
    },
  },
  { name: 'key', version: '1', run: (_, ctx) => ctx.idempotencyKey },
  { name: 'wait', version: '1', run: (ms) => new Promise((resolve) => setTimeout(() => resolve(ms), ms)) },
];
