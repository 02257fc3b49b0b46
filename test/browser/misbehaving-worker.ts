import { exposeModules } from '../../src/adapters/browser/expose-modules.ts';

const thrown: readonly unknown[] = [
  null,
  undefined,
  7,
  'text',
  Symbol('s'),
  { no: 'error' },
  () => 1,
  Object.create(null),
];
const uncloneable: readonly (() => unknown)[] = [
  () => () => 1,
  () => ({ deep: [Symbol('s')] }),
  () => new WeakMap(),
  () => Promise.resolve,
  () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    return circular;
  },
];

interface Given {
  readonly how: string;
  readonly which: number;
  readonly ms?: number;
  readonly shared?: { readonly list: number[] };
}

exposeModules([
  {
    name: 'bad',
    version: '1',
    // biome-ignore lint/suspicious/noExplicitAny: it gives what no module may give.
    async run({ how, which, ms = 0, shared }: Given): Promise<any> {
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      if (how === 'loop') for (;;);
      if (how === 'throw') throw thrown[which % thrown.length];
      if (how === 'uncloneable') return uncloneable[which % uncloneable.length]?.();
      if (how === 'close') {
        self.close();
        await new Promise(() => undefined);
      }
      if (how === 'late') {
        setTimeout(() => {
          throw new Error('after its answer');
        });
      }
      if (how === 'mutate') {
        shared?.list.push(which);
        return shared?.list;
      }
      if (how === 'deaf') await new Promise(() => undefined);
      return { which };
    },
  },
]);
