import type { GraphKernel, ReadyQueue } from '../../src/kernel/kernel.ts';
import type { Rival, Work, Workload } from './workload.ts';

/** A kernel of Heddle as plans and engines use it: graphs solved in a workspace, queues that stay in memory. */
export function kernelRival(name: string, kernel: GraphKernel): Rival {
  return {
    name,
    prepare(workloads) {
      const nodesMax = Math.max(...workloads.map(({ edges }) => edges.nodes));
      const workspace = kernel.workspace(nodesMax, Math.max(...workloads.map(({ edges }) => edges.from.length)));
      const plan: Work = {
        run(graph) {
          const { edges, durations } = workloads[graph] as Workload;
          return workspace.solve(edges, durations).makespan;
        },
        nodes: () => workspace.order.subarray(0, nodesMax),
      };
      const graphs = workloads.map(({ edges }) => kernel.load(edges));
      const queues = graphs.map((graph, index) =>
        graph.readyQueue(graph.criticalPath((workloads[index] as Workload).durations).bottomLevel),
      );
      const taken = new Uint32Array(nodesMax);
      const queue: Work = { run: (graph) => drive(queues[graph] as ReadyQueue, taken), nodes: () => taken };
      return {
        plan,
        queue,
        release() {
          workspace.release();
          for (const graph of graphs) graph.release();
        },
      };
    },
  };
}

function drive(queue: ReadyQueue, taken: Uint32Array): number {
  queue.reset();
  let count = 0;
  for (let node = queue.next(); node >= 0; node = queue.completeNext(node)) taken[count++] = node;
  return count;
}
