import { defineModule } from '../../src/ports/module.ts';
import type { Program, ProgramNode } from '../../src/program/program.ts';

/** Adds up what it is given; a large output, so that artifacts are written as well, when it is asked to. */
const add = defineModule({
  name: 'add',
  version: '1',
  run: ({ of, large }: { of: readonly number[]; large?: boolean }) => {
    const sum = of.reduce((a, b) => a + b, 0);
    return large ? { sum, pad: new Uint8Array(40_000).fill(sum % 251) } : { sum };
  },
});

export const modules = [add];
export const inputs = { items: Array.from({ length: 20 }, (_, index) => index) };

/** 60 tasks: 20 in a row, 19 that hang on them, 20 items, and one that puts all together. */
export function sixtyTasks(): Program {
  const nodes: Record<string, ProgramNode> = { c0: { module: 'add', with: { of: [1] } } };
  for (let at = 1; at < 20; at++) {
    nodes[`c${at}`] = { module: 'add', with: { of: [`\${c${at - 1}.sum}`, at], large: at % 7 === 0 } };
    nodes[`d${at}`] = { module: 'add', with: { of: [`\${c${at}.sum}`, `\${c${at - 1}.sum}`] } };
  }
  nodes.each = { module: 'add', with: { of: ['${item}', 1] }, forEach: { items: '${input.items}', maxParallel: 4 } };
  const all = Array.from({ length: 19 }, (_, at) => `\${d${at + 1}.sum}`);
  nodes.end = { module: 'add', with: { of: all }, needs: ['each'] };
  return {
    heddle: 1,
    name: 'sixty',
    strategy: 'parallel',
    limits: { concurrency: 3, checkpoint: { events: 15 } },
    nodes,
    outputs: { end: '${end.sum}', each: '${each.map(e, e.sum)}' },
  };
}

/** What comes of it, worked out without the engine. */
export function rightResult(): { readonly end: number; readonly each: readonly number[] } {
  const chain = [1];
  for (let at = 1; at < 20; at++) chain.push((chain[at - 1] ?? 0) + at);
  let end = 0;
  for (let at = 1; at < 20; at++) end += (chain[at] ?? 0) + (chain[at - 1] ?? 0);
  return { end, each: inputs.items.map((item) => item + 1) };
}
