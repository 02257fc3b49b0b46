import { HeddleError } from '../../src/errors.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import { checksumOf, type Outcome, type Rival, type Workload } from './workload.ts';

/** A kernel of Heddle as it is used: edges in, whole arrays out, nothing kept. */
export function kernelRival(name: string, kernel: GraphKernel): Rival {
  const plan = ({ edges, durations }: Workload): Outcome => {
    const graph = kernel.load(edges);
    const analysis = graph.analyse();
    const { makespan } = graph.criticalPath(durations);
    graph.release();
    if (!analysis.ok) throw new HeddleError({ code: 'CYCLE', message: 'the graph of the benchmark has a cycle' });
    return { makespanMs: makespan, checksum: checksumOf(analysis.order) };
  };
  const queue = ({ edges, durations }: Workload): Outcome => {
    const graph = kernel.load(edges);
    const { bottomLevel, makespan } = graph.criticalPath(durations);
    const ready = graph.readyQueue(bottomLevel);
    const taken = new Uint32Array(edges.nodes);
    for (let index = 0; index < edges.nodes; index++) {
      const node = ready.next();
      taken[index] = node;
      ready.settle(node);
    }
    graph.release();
    return { makespanMs: makespan, checksum: checksumOf(taken) };
  };
  return { name, prepare: (workload) => ({ plan: () => plan(workload), queue: () => queue(workload) }) };
}
