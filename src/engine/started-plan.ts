import type { GraphKernel } from '../kernel/kernel.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import type { Program } from '../program/program.ts';
import type { ExecutionStarted } from './event.ts';

/** What of its first event shapes the plan of an execution. */
export type PlanShape = Pick<ExecutionStarted, 'weights' | 'schedule'>;

/**
 * The plan an execution was begun with, whatever was learnt since: whoever reads its journal has to go by this one.
 * @param otherwise durations by node index, where the execution has no weights
 * @throws CYCLE
 */
export function startedPlan(
  program: Program,
  kernel: GraphKernel,
  { weights, schedule }: PlanShape,
  otherwise?: Float64Array,
): Plan {
  const plan = createPlan(program, kernel, weights === undefined ? otherwise : durationsOf(program, weights));
  return schedule === undefined ? plan : { ...plan, schedule };
}

/** A node that weights do not have was never seen to run. */
function durationsOf(program: Program, weights: NonNullable<PlanShape['weights']>): Float64Array {
  return Float64Array.from(Object.keys(program.nodes), (id) => (Object.hasOwn(weights, id) ? (weights[id] ?? 0) : 0));
}
