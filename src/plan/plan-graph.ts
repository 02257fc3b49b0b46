import type { CriticalPath } from '../kernel/kernel.ts';
import type { Program } from '../program/program.ts';
import type { PlanNode } from './plan-node.ts';

/** A program as a graph, with its weights: what strategies, rankings and schedules are made from. Immutable. */
export interface PlanGraph {
  readonly program: Program;
  /** By node index, which is the order of appearance in the program. */
  readonly nodes: readonly PlanNode[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Node indices each node depends on, data and order edges alike, without duplicates. */
  readonly dependencies: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
  /** How many dependencies a node waits for that runs when all have succeeded; 0 for those that run on something else. */
  readonly allOf: Uint32Array;
  /** Topological, by (level, index). */
  readonly order: Uint32Array;
  readonly levels: Uint32Array;
  /** Number of levels. */
  readonly depth: number;
  /** Expected duration by node index, 1 each unless others were given. */
  readonly durations: Float64Array;
  /** Earliest and latest starts, slack, bottom levels, the path itself; in the unit of the durations. */
  readonly weights: CriticalPath;
}
