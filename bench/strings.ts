import { IdGraph } from '../src/kernel/id-graph.ts';
import type { GraphKernel } from '../src/kernel/kernel.ts';
import { makeGraph } from './harness/graphs.ts';
import { kernels } from './harness/kernels.ts';
import { measure } from './harness/measure.ts';
import type { Row, Section } from './harness/report.ts';
import { type StringGraph, withIds } from './harness/string-graph.ts';
import { idiomatic } from './rivals/idiomatic.ts';
import { libraries } from './rivals/libraries.ts';

/** From objects and pairs of ids to ids in order, levels and the ids of the critical path. */
export default async function question(): Promise<readonly Section[]> {
  const rows: Row[] = [];
  const all = await libraries();
  for (const [nodes, count] of [
    [10, 128],
    [100, 64],
    [1000, 16],
    [10_000, 2],
    [100_000, 1],
  ] as const) {
    const graphs = Array.from({ length: count }, (_, index) => withIds(makeGraph('shuffled', nodes, index + 1)));
    const { wasm, js } = kernels();
    const of = (round: number) => graphs[round % count] as StringGraph;
    const [fast, plain] = [planner(wasm, nodes), planner(js, nodes)];
    const contenders = [
      { name: 'WASM', run: (round: number) => fast(of(round)) },
      { name: 'typed-array JS', run: (round: number) => plain(of(round)) },
      { name: 'Map and Set', run: (round: number) => idiomatic(of(round).nodes, of(round).edges) },
      ...all
        .filter(({ nodesMax }) => nodes <= nodesMax)
        .map(({ name, run }) => ({ name, run: (round: number) => run(of(round)) })),
    ];
    // A small graph takes less than whatever else happens in 2 ms, a collection of a rival's garbage for one: only many rounds tell.
    const options =
      nodes <= 100
        ? { budgetMs: 500, roundsMin: 201, roundsMax: 201 }
        : { budgetMs: nodes >= 10_000 ? 900 : 500, roundsMax: 21 };
    const measured = await measure(contenders, options);
    rows.push({ what: `shuffled ${nodes}`, per: nodes + (graphs[0]?.edges.length ?? 0), measured });
  }
  return [{ title: 'From string ids to plan; per node plus edge', unit: 'ns', baseline: 'WASM', rows }];
}

/** Both kernels are used in the same way: ids to numbers, one call, numbers to ids. */
function planner(kernel: GraphKernel, nodesMax: number) {
  const workspace = kernel.workspace(nodesMax, 3 * nodesMax);
  const graph = new IdGraph();
  return ({ nodes, edges }: StringGraph) => {
    const { from, to, durations } = workspace.input;
    graph.clear();
    for (let node = 0; node < nodes.length; node++) {
      const { id, duration } = nodes[node] as StringGraph['nodes'][number];
      durations[graph.node(id)] = duration;
    }
    for (let edge = 0; edge < edges.length; edge++) {
      const [source, target] = edges[edge] as StringGraph['edges'][number];
      from[edge] = graph.node(source);
      to[edge] = graph.node(target);
    }
    const { pathLength } = workspace.solveInput(nodes.length, edges.length);
    const { ids } = graph;
    const named = (numbers: Uint32Array, length: number) => {
      const found: string[] = [];
      for (let index = 0; index < length; index++) found.push(ids[numbers[index] as number] as string);
      return found;
    };
    return {
      order: named(workspace.order, ids.length),
      levels: workspace.levels.slice(0, ids.length),
      path: named(workspace.path, pathLength),
    };
  };
}
