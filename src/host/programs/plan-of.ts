import { type PlanShape, startedPlan } from '../../engine/started-plan.ts';
import type { GraphKernel } from '../../kernel/kernel.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Program } from '../../program/program.ts';

/** What a home plans with (home.ts). */
export interface PlanningHome {
  readonly kernel: GraphKernel;
  readonly weigh?: ((program: Program) => Float64Array) | undefined;
}

/**
 * The plan by which this home would run a program.
 * @param shape what the execution was begun with
 * @throws CYCLE
 */
export function planOf(home: PlanningHome, program: Program, shape: PlanShape = {}): Plan {
  return startedPlan(program, home.kernel, shape, shape.weights === undefined ? home.weigh?.(program) : undefined);
}
