import { type BenchGraph, makeGraph } from './harness/graphs.ts';
import { kernels } from './harness/kernels.ts';
import { measure } from './harness/measure.ts';
import type { Row, Section } from './harness/report.ts';
import { HeapQueue } from './rivals/heap-queue.ts';

interface Driven {
  reset(): void;
  next(): number;
  completeNext(node: number): number;
}

/** A queue that stays in memory, driven through whole graphs: one call per completion, two tasks under way at any time. */
export default async function question(): Promise<readonly Section[]> {
  const rows: Row[] = [];
  for (const [nodes, count] of [
    [100, 128],
    [1000, 32],
    [10_000, 6],
    [100_000, 2],
  ] as const) {
    const graphs = Array.from({ length: count }, (_, index) => makeGraph('shuffled', nodes, index + 1));
    const { wasm, js } = kernels();
    const contenders = [
      { name: 'WASM', queues: graphs.map((graph) => wasm.load(graph).readyQueue(graph.durations)) },
      { name: 'JS bitset', queues: graphs.map((graph) => js.load(graph).readyQueue(graph.durations)) },
      { name: 'JS binary heap', queues: graphs.map((graph) => new HeapQueue(graph, graph.durations)) },
    ].map(({ name, queues }) => ({ name, run: (round: number) => drive(queues[round % count] as Driven) }));
    const per = nodes + (graphs[0] as BenchGraph).from.length;
    rows.push({ what: `shuffled ${nodes}`, per, measured: await measure(contenders, { budgetMs: 800 }) });
  }
  return [
    { title: 'Resident ready queue, one call per completion; per node plus edge', unit: 'ns', baseline: 'WASM', rows },
  ];
}

function drive(queue: Driven): number {
  queue.reset();
  let older = queue.next();
  let younger = queue.next();
  let steps = 0;
  while (older >= 0 || younger >= 0) {
    const done = older >= 0 ? older : younger;
    if (older >= 0) older = younger;
    younger = queue.completeNext(done);
    if (older < 0) {
      older = younger;
      younger = older < 0 ? -1 : queue.next();
    }
    steps++;
  }
  return steps;
}
