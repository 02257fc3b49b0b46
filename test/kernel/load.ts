import { loadKernel } from '../../src/adapters/node/load-kernel.ts';
import type { EdgeList } from '../../src/kernel/edge-list.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import type { SeededRandom } from '../../src/testing/seeded-random.ts';

/** Both kernels; the WASM one is the release build, without which this fails and says how to make it. */
export async function kernels(): Promise<{ readonly js: GraphKernel; readonly wasm: GraphKernel }> {
  return { js: createJsKernel(), wasm: await loadKernel() };
}

/** Any digraph: cycles, self-loops, duplicates and isolated nodes included; about half of them are acyclic. */
export function randomDigraph(random: SeededRandom, nodesMax: number): EdgeList {
  const nodes = random.int(0, random.chance(0.5) ? 12 : nodesMax);
  const edges = nodes === 0 ? 0 : random.int(0, nodes * random.int(0, 4));
  const acyclic = random.chance(0.6);
  const from = new Uint32Array(edges);
  const to = new Uint32Array(edges);
  for (let edge = 0; edge < edges; edge++) {
    const [a, b] = [random.int(0, nodes - 1), random.int(0, nodes - 1)];
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    from[edge] = acyclic ? low : a;
    to[edge] = acyclic && low === high ? Math.min(high + 1, nodes - 1) : acyclic ? high : b;
  }
  if (acyclic) {
    // The last node must not be left with an edge to itself.
    for (let edge = 0; edge < edges; edge++) if (from[edge] === to[edge]) from[edge] = 0;
    if (nodes === 1) return { nodes, from: new Uint32Array(), to: new Uint32Array() };
  }
  return { nodes, from, to };
}
