import { edgeCount, makeGraph, type Shape } from './harness/graphs.ts';
import { kernels } from './harness/kernels.ts';
import { isQuick, type Measured, measure } from './harness/measure.ts';
import { native } from './harness/native.ts';
import type { Row, Section } from './harness/report.ts';
import { withIds } from './harness/string-graph.ts';
import { idiomatic } from './rivals/idiomatic.ts';
import { libraries } from './rivals/libraries.ts';

/** Different graphs in rotation: of one graph alone the processor learns every branch. */
const cases: readonly (readonly [Shape, nodes: number, graphs: number])[] = [
  ['layered', 10, 512],
  ['layered', 100, 256],
  ['shuffled', 100, 256],
  ['chain', 100, 64],
  ['fan', 100, 64],
  ['dense', 100, 16],
  ['dense-by-target', 100, 16],
  ['layered', 1000, 64],
  ['shuffled', 1000, 64],
  ['layered', 10_000, 6],
  ['shuffled', 10_000, 6],
  ['layered', 100_000, 2],
  ['shuffled', 100_000, 2],
  ['chain', 100_000, 2],
  ['fan', 100_000, 2],
  ['layered', 1_000_000, 1],
  ['shuffled', 1_000_000, 1],
];

/** Order, levels, bottom levels and critical path of an integer edge list in the caller's arrays, which WASM has to copy. */
export default async function question(): Promise<readonly Section[]> {
  const rows: Row[] = [];
  for (const [shape, nodes, count] of cases) {
    if (!isQuick || nodes < 1_000_000) rows.push(await integerCase(shape, nodes, count));
  }
  const title = 'Kernel: order + levels + critical path, integer edge list, graphs in rotation; per node plus edge';
  return [{ title, unit: 'ns', baseline: 'WASM', rows }, await librarySection()];
}

async function integerCase(shape: Shape, nodes: number, count: number): Promise<Row> {
  const edges = edgeCount(shape, nodes);
  const graphs = Array.from({ length: count }, (_, index) => makeGraph(shape, nodes, index + 1));
  const { wasm, js } = kernels();
  const contenders = Object.entries({ WASM: wasm, 'typed-array JS': js }).map(([name, kernel]) => {
    const workspace = kernel.workspace(nodes, edges);
    const run = (round: number) => {
      const graph = graphs[round % count];
      return graph && workspace.solve(graph, graph.durations);
    };
    return { name, run };
  });
  const before = native(graphs, nodes <= 1000 || isQuick ? 40 : 300);
  const measured = await measure(contenders, { budgetMs: nodes >= 1_000_000 ? 4000 : 900 });
  const after = native(graphs, nodes <= 1000 || isQuick ? 40 : 300);
  const per = nodes + (graphs[0]?.from.length ?? 0);
  return { what: `${shape} ${nodes}`, per, measured: [...measured, ...between(before, after)] };
}

/** C runs in a process of its own, once before and once after; the two are put together. */
function between(before: Measured | undefined, after: Measured | undefined): readonly Measured[] {
  if (before === undefined || after === undefined) return [];
  return [
    {
      name: before.name,
      medianNs: (before.medianNs + after.medianNs) / 2,
      p10Ns: Math.min(before.p10Ns, after.p10Ns),
      p90Ns: Math.max(before.p90Ns, after.p90Ns),
      rounds: before.rounds + after.rounds,
    },
  ];
}

/** The graph a library has built already is its own; here it starts from ids too, see strings.ts for WASM doing so. */
async function librarySection(): Promise<Section> {
  const rows: Row[] = [];
  const all = await libraries();
  for (const nodes of [10, 100, 1000, 10_000]) {
    const graph = makeGraph('layered', nodes, 1);
    const strings = withIds(graph);
    const { wasm } = kernels();
    const workspace = wasm.workspace(nodes, graph.from.length);
    const measured = await measure(
      [
        { name: 'WASM', run: () => workspace.solve(graph, graph.durations) },
        { name: 'Map and Set', run: () => idiomatic(strings.nodes, strings.edges) },
        ...all.map(({ name, run }) => ({ name, run: () => run(strings) })),
      ],
      { budgetMs: 400, roundsMax: 15 },
    );
    rows.push({ what: `layered ${nodes}`, per: nodes + graph.from.length, measured });
  }
  const title = 'Integer handles (WASM) against building from ids (the others); per node plus edge. Not like for like';
  return { title, unit: 'ns', baseline: 'WASM', rows };
}
